//! The pictures of the manual: built in, decoded when a page first shows one, and let go with the page.

use crate::gui::theme::RADIUS;
use crate::gui::widgets::focus_ring;
use eframe::egui::load::SizedTexture;
use eframe::egui::{
    ColorImage, Context, CursorIcon, Id, Image, Response, Sense, TextureHandle, TextureOptions, Ui, Vec2,
};

/// A picture, with its words in both languages.
pub struct Picture {
    name: &'static str,
    en: &'static [u8],
    zh: &'static [u8],
}

macro_rules! pictures {
    ($($name:literal),*) => {
        &[$(Picture {
            name: $name,
            en: include_bytes!(concat!("../../../docs/manual/pictures/", $name, ".png")),
            zh: include_bytes!(concat!("../../../docs/manual/zh/pictures/", $name, ".png")),
        }),*]
    };
}

/// Made by scripts/screens (of the window) and scripts/diagrams.
pub const PICTURES: &[Picture] =
    pictures!["compose", "library", "train", "receipt", "note", "network", "attention", "mixture"];

impl Picture {
    /// What `pictures/x.png` in a page names.
    pub fn by_link(link: &str) -> Option<usize> {
        let name = link.strip_prefix("pictures/")?.strip_suffix(".png")?;
        PICTURES.iter().position(|p| p.name == name)
    }

    fn decode(&self, is_chinese: bool) -> Option<ColorImage> {
        let bytes = if is_chinese { self.zh } else { self.en };
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        // Palettes and few bits a pixel become plain colours.
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().ok()?;
        let mut pixels = vec![0; reader.output_buffer_size()?];
        let frame = reader.next_frame(&mut pixels).ok()?;
        pixels.truncate(frame.buffer_size());
        let size = [frame.width as usize, frame.height as usize];
        match frame.color_type {
            png::ColorType::Rgb => Some(ColorImage::from_rgb(size, &pixels)),
            png::ColorType::Rgba => Some(ColorImage::from_rgba_unmultiplied(size, &pixels)),
            png::ColorType::Grayscale => Some(ColorImage::from_gray(size, &pixels)),
            _ => None,
        }
    }
}

/// The decoded pictures of the page that is open.
#[derive(Clone, Default)]
struct Decoded {
    chapter: usize,
    pictures: Vec<(usize, bool, TextureHandle)>,
}

fn decoded_id() -> Id {
    Id::unique("manual pictures")
}

/// Lets the pictures of other pages go.
pub fn keep_only(ctx: &Context, chapter: usize) {
    ctx.data_mut(|d| {
        if d.get_temp_mut_or_default::<Decoded>(decoded_id()).chapter != chapter {
            d.insert_temp(decoded_id(), Decoded { chapter, ..Decoded::default() });
        }
    });
}

/// Lets all of them go.
pub fn forget(ctx: &Context) {
    ctx.data_mut(|d| d.remove::<Decoded>(decoded_id()));
}

fn texture(ctx: &Context, picture: usize, is_chinese: bool) -> Option<TextureHandle> {
    let known = ctx.data_mut(|d| {
        let decoded = d.get_temp_mut_or_default::<Decoded>(decoded_id());
        decoded.pictures.iter().find(|(p, zh, _)| (*p, *zh) == (picture, is_chinese)).map(|(.., t)| t.clone())
    });
    if known.is_some() {
        return known;
    }
    let image = PICTURES.get(picture)?.decode(is_chinese)?;
    let texture = ctx.load_texture(PICTURES[picture].name, image, TextureOptions::LINEAR);
    ctx.data_mut(|d| {
        let decoded = d.get_temp_mut_or_default::<Decoded>(decoded_id());
        decoded.pictures.push((picture, is_chinese, texture.clone()));
    });
    Some(texture)
}

/// A picture as large as `room` lets it be, by its words; pressed where it is clicked. `None` where there is none.
pub fn picture_ui(ui: &mut Ui, picture: usize, is_chinese: bool, words: &str, room: Vec2) -> Option<Response> {
    let texture = texture(ui.ctx(), picture, is_chinese)?;
    let whole = texture.size_vec2();
    let scale = (room.x / whole.x).min(room.y / whole.y).min(1.0);
    let sized = SizedTexture::new(texture.id(), whole * scale);
    let image = Image::from_texture(sized).fit_to_exact_size(whole * scale).corner_radius(RADIUS);
    let response = ui.add(image.alt_text(words).sense(Sense::click()));
    focus_ring(ui, &response);
    Some(response.on_hover_cursor(CursorIcon::ZoomIn))
}

#[cfg(test)]
mod tests {
    use super::super::CHAPTERS;
    use super::super::markdown::{Block, parse};
    use super::*;
    use std::path::Path;

    #[test]
    fn every_picture_is_there_decodes_and_is_shown_by_a_page() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/manual");
        for (is_chinese, folder) in [(false, docs.clone()), (true, docs.join("zh"))] {
            let mut shown = vec![false; PICTURES.len()];
            for chapter in CHAPTERS {
                for block in parse(chapter.text(is_chinese)) {
                    let Block::Picture { words, link } = block else { continue };
                    let picture = Picture::by_link(&link).unwrap_or_else(|| panic!("{}: {link}", chapter.name));
                    assert!(folder.join(&link).exists() && !words.is_empty(), "{}: {link}", chapter.name);
                    shown[picture] = true;
                }
            }
            for (picture, shown) in PICTURES.iter().zip(shown) {
                let image = picture.decode(is_chinese).unwrap_or_else(|| panic!("{} decodes", picture.name));
                assert!(image.size[0] >= 1000 && image.size[1] >= 100, "{}: {:?}", picture.name, image.size);
                // Not one even field.
                assert!(image.pixels.iter().any(|p| *p != image.pixels[0]), "{}", picture.name);
                assert!(shown, "no page shows {}", picture.name);
            }
            let files = std::fs::read_dir(folder.join("pictures")).expect("the pictures are there");
            assert_eq!(files.count(), PICTURES.len(), "a picture that is not built in");
        }
    }

    #[test]
    fn the_pictures_weigh_little() {
        let bytes: usize = PICTURES.iter().map(|p| p.en.len() + p.zh.len()).sum();
        assert!(bytes < 1_600_000, "{bytes} bytes in every binary");
    }
}
