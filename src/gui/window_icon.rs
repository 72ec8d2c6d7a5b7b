//! The icon that task bars and window lists show: assets/icon, which scripts/icon draws.

use eframe::egui::IconData;

/// `None` where the picture that is built in cannot be read, which a test rules out.
pub fn window_icon() -> Option<IconData> {
    let bytes: &[u8] = include_bytes!("../../assets/icon/cadenza-128.png");
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut rgba).ok()?;
    rgba.truncate(frame.buffer_size());
    (frame.color_type == png::ColorType::Rgba).then_some(IconData { rgba, width: frame.width, height: frame.height })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_there_and_round() {
        let icon = window_icon().expect("a picture");
        let alpha = |x: usize, y: usize| icon.rgba[4 * (128 * y + x) + 3];
        assert_eq!((icon.width, icon.height, icon.rgba.len()), (128, 128, 4 * 128 * 128));
        assert_eq!((alpha(0, 0), alpha(64, 64)), (0, 255));
    }
}
