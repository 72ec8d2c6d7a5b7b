//! A picture of the plot as it stands on the screen, as a PNG file.

use super::form::Form;
use crate::files::write_atomic;
use crate::gui::action::Action;
use crate::gui::session::SessionEvent;
use crate::gui::state::State;
use eframe::egui::{ColorImage, Pos2, Rect, Ui, vec2};

/// Asks for a picture of the window where one is wanted, and writes the plot's part of it once it comes.
pub fn take(ui: &Ui, state: &State, form: &mut Form) {
    let (Some(path), Some(rect)) = (form.picture.take(), form.plot_rect) else { return };
    let (events, scale) = (state.session.events.clone(), ui.ctx().pixels_per_point());
    ui.ctx().request_screenshot(move |image| {
        let screen = vec2(image.width() as f32, image.height() as f32) / scale;
        let part = image.region(&rect.intersect(Rect::from_min_size(Pos2::ZERO, screen)), Some(scale));
        let written = png(&part).map_err(|e| e.to_string());
        let written = written.and_then(|bytes| write_atomic(&path, &bytes).map_err(|e| e.to_string()));
        events.send(SessionEvent::Action(Box::new(Action::PlotWritten(path, written))));
    });
}

/// The image as a PNG file.
fn png(image: &ColorImage) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let (width, height) = (image.width() as u32, image.height() as u32);
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let pixels: Vec<u8> = image.pixels.iter().flat_map(|p| [p.r(), p.g(), p.b()]).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::Color32;

    #[test]
    fn a_picture_reads_back_as_it_was() {
        let mut image = ColorImage::filled([3, 2], Color32::from_rgb(10, 20, 30));
        image.pixels[4] = Color32::from_rgb(1, 2, 3);
        let bytes = png(&image).expect("encodes");
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().expect("a header");
        let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut pixels).expect("a frame");
        assert_eq!((info.width, info.height, &pixels[12..15]), (3, 2, &[1, 2, 3][..]));
    }
}
