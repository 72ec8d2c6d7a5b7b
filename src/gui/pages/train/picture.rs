//! A picture of the plot as it stands on the screen, as a PNG file.

use super::form::Form;
use crate::files::write_atomic;
use crate::gui::action::{Action, Actions};
use eframe::egui::{ColorImage, Event, Pos2, Rect, Ui, UserData, ViewportCommand, vec2};
use std::path::Path;

/// Asks for a picture of the window where one is wanted, and writes the plot's part once it has come.
pub fn take(ui: &Ui, form: &mut Form, actions: &mut Actions) {
    let Some(path) = form.picture.clone() else { return };
    let shot = ui.input(|i| {
        i.events.iter().find_map(|e| match e {
            Event::Screenshot { image, .. } => Some(image.clone()),
            _ => None,
        })
    });
    match (shot, form.plot_rect) {
        (Some(image), Some(rect)) => {
            (form.picture, form.picture_asked) = (None, false);
            let scale = ui.ctx().pixels_per_point();
            let screen = vec2(image.width() as f32, image.height() as f32) / scale;
            let part = image.region(&rect.intersect(Rect::from_min_size(Pos2::ZERO, screen)), Some(scale));
            let result = png(&part)
                .map_err(|e| e.to_string())
                .and_then(|bytes| write_atomic(Path::new(&path), &bytes).map_err(|e| e.to_string()));
            actions.push(Action::PlotWritten(path, result));
        }
        (None, Some(_)) if form.picture_asked => {}
        (None, Some(_)) => {
            form.picture_asked = true;
            ui.ctx().send_viewport_cmd(ViewportCommand::Screenshot(UserData::default()));
            ui.ctx().request_repaint();
        }
        (_, None) => form.picture = None,
    }
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
