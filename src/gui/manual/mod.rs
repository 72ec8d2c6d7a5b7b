//! The manual, within the program: the pages of docs/manual in a window that stands beside the work.

mod markdown;
mod page;
mod pictures;

use super::action::{Action, Actions};
use super::state::State;
use super::widgets::focus_ring;
use eframe::egui::{Button, Context, CursorIcon, Frame, Id, Margin, Modal, Response, ScrollArea, Ui, Window, vec2};
use markdown::Block;
use pictures::Picture;

/// A page, in both languages.
pub struct Chapter {
    pub name: &'static str,
    en: &'static str,
    zh: &'static str,
}

macro_rules! chapters {
    ($($name:literal),*) => {
        &[$(Chapter {
            name: $name,
            en: include_str!(concat!("../../../docs/manual/", $name, ".md")),
            zh: include_str!(concat!("../../../docs/manual/zh/", $name, ".md")),
        }),*]
    };
}

/// In the order of the list of contents.
pub const CHAPTERS: &[Chapter] = chapters![
    "first-minute",
    "library",
    "training",
    "composing",
    "receipts",
    "sound",
    "command-line",
    "formats",
    "how-it-works",
    "trouble"
];

/// What to look at when something went wrong.
pub const TROUBLE: &str = "trouble";

impl Chapter {
    fn text(&self, is_chinese: bool) -> &'static str {
        if is_chinese { self.zh } else { self.en }
    }

    /// Its first heading.
    pub fn title(&self, is_chinese: bool) -> &'static str {
        let line = self.text(is_chinese).lines().next().unwrap_or_default();
        line.trim_start_matches(['#', ' '])
    }
}

/// A page that is open, and the heading that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    pub chapter: usize,
    /// Scrolled to once, by its [`markdown::anchor`].
    pub heading: Option<String>,
    /// Which of the built-in pictures is looked at by itself, and its words.
    pub picture: Option<(usize, String)>,
}

impl Opened {
    /// What a link such as `trouble.md#no-sound` leads to; `None` where it leads out of the manual.
    pub fn by_link(link: &str) -> Option<Self> {
        let (file, heading) = link.split_once('#').map_or((link, None), |(f, h)| (f, Some(h.to_owned())));
        let chapter = CHAPTERS.iter().position(|c| file.strip_suffix(".md") == Some(c.name))?;
        Some(Self { chapter, heading, picture: None })
    }

    /// A page by its name.
    pub fn page(name: &str) -> Self {
        Self::chapter(CHAPTERS.iter().position(|c| c.name == name).unwrap_or(0))
    }

    pub fn chapter(chapter: usize) -> Self {
        Self { chapter, ..Self::default() }
    }

    /// What Escape leaves: the page where a picture was looked at, nothing otherwise.
    pub fn closed(&self) -> Option<Self> {
        self.picture.as_ref().map(|_| Self::chapter(self.chapter))
    }
}

/// The id of its window.
pub fn window_id() -> Id {
    Id::unique("manual")
}

/// Shows it where it was asked for.
pub fn manual_ui(ctx: &Context, state: &State, actions: &mut Actions) {
    let Some(opened) = &state.view.manual else { return pictures::forget(ctx) };
    pictures::keep_only(ctx, opened.chapter);
    let t = state.text();
    let room = ctx.content_rect().size();
    let size = vec2(900.0f32.min(room.x - 60.0), 640.0f32.min(room.y - 120.0));
    let frame = Frame::window(&ctx.global_style()).inner_margin(Margin::ZERO);
    let mut open = true;
    Window::new(t.hp.manual)
        .id(window_id())
        .frame(frame)
        .default_size(size)
        .default_pos(ctx.content_rect().center() - size / 2.0)
        .collapsible(false)
        .open(&mut open)
        .show(ctx, |ui| {
            ui.set_min_height(240.0);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                Frame::new().inner_margin(Margin { left: 12, right: 8, top: 12, bottom: 12 }).show(ui, |ui| {
                    ui.set_width(132.0);
                    ui.vertical(|ui| contents_ui(ui, t.is_chinese, opened, actions));
                });
                let chapter = &CHAPTERS[opened.chapter];
                let blocks = markdown::parse(chapter.text(t.is_chinese));
                // What is scrolled goes downwards, whatever it stands in.
                ui.vertical(|ui| {
                    ScrollArea::vertical().id_salt(chapter.name).auto_shrink(false).show(ui, |ui| {
                        Frame::new().inner_margin(Margin { left: 16, right: 20, top: 12, bottom: 24 }).show(ui, |ui| {
                            blocks_ui(ui, &blocks, opened, t.is_chinese, actions);
                        });
                    });
                });
            });
        });
    if !open {
        actions.push(Action::OpenManual(None));
    }
    if let Some((picture, words)) = &opened.picture {
        whole_picture_ui(ctx, *picture, words, t.is_chinese, opened, actions);
    }
}

/// A picture as large as the window lets it be, until it is clicked.
fn whole_picture_ui(
    ctx: &Context,
    picture: usize,
    words: &str,
    is_chinese: bool,
    opened: &Opened,
    actions: &mut Actions,
) {
    let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(6));
    let modal = Modal::new(Id::unique("manual picture")).frame(frame).show(ctx, |ui| {
        let room = ctx.content_rect().size() - vec2(48.0, 48.0);
        let shown = pictures::picture_ui(ui, picture, is_chinese, words, room);
        shown.is_none_or(|image| image.on_hover_cursor(CursorIcon::ZoomOut).clicked())
    });
    if modal.inner || modal.should_close() {
        actions.push(Action::OpenManual(opened.closed()));
    }
}

fn contents_ui(ui: &mut Ui, is_chinese: bool, opened: &Opened, actions: &mut Actions) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for (i, chapter) in CHAPTERS.iter().enumerate() {
        let button = Button::selectable(i == opened.chapter, chapter.title(is_chinese)).min_size(vec2(132.0, 26.0));
        let response = ui.add(button);
        focus_ring(ui, &response);
        if response.clicked() {
            actions.push(Action::OpenManual(Some(Opened::chapter(i))));
        }
    }
}

fn blocks_ui(ui: &mut Ui, blocks: &[Block], opened: &Opened, is_chinese: bool, actions: &mut Actions) {
    // Commands are there to be copied.
    ui.style_mut().interaction.selectable_labels = true;
    for block in blocks {
        let asked = opened.heading.as_deref().filter(|h| block.anchor().as_deref() == Some(*h));
        let response = match block {
            Block::Picture { words, link } => page_picture_ui(ui, words, link, opened, is_chinese, actions),
            _ => page::block_ui(ui, block, actions),
        };
        if asked.is_some() {
            response.scroll_to_me(Some(eframe::egui::Align::TOP));
            actions.push(Action::OpenManual(Some(Opened::chapter(opened.chapter))));
        }
    }
}

/// A picture as wide as the page; a click shows it by itself.
fn page_picture_ui(
    ui: &mut Ui,
    words: &str,
    link: &str,
    opened: &Opened,
    is_chinese: bool,
    actions: &mut Actions,
) -> Response {
    let room = vec2(ui.available_width(), f32::INFINITY);
    let shown = Picture::by_link(link).and_then(|picture| {
        ui.add_space(4.0);
        let response = pictures::picture_ui(ui, picture, is_chinese, words, room)?;
        ui.add_space(4.0);
        if response.clicked() {
            let picture = Some((picture, words.to_owned()));
            actions.push(Action::OpenManual(Some(Opened { picture, ..Opened::chapter(opened.chapter) })));
        }
        Some(response)
    });
    // A test rules out that there is none.
    shown.unwrap_or_else(|| ui.label(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_link_leads_somewhere() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/manual");
        for is_chinese in [false, true] {
            let blocks = |c: &Chapter| markdown::parse(c.text(is_chinese));
            for chapter in CHAPTERS {
                for link in blocks(chapter).iter().flat_map(Block::links) {
                    let to = Opened::by_link(link).unwrap_or_else(|| panic!("{}: {link}", chapter.name));
                    if let Some(heading) = &to.heading {
                        let there = blocks(&CHAPTERS[to.chapter]);
                        assert!(there.iter().any(|b| b.anchor().as_ref() == Some(heading)), "{}: {link}", chapter.name);
                    }
                }
                let folder = if is_chinese { docs.join("zh") } else { docs.clone() };
                assert!(folder.join(format!("{}.md", chapter.name)).exists());
            }
        }
        assert!(Opened::by_link("https://example.org").is_none());
    }

    #[test]
    fn both_languages_tell_the_same_things() {
        let shape = |text: &str| -> Vec<String> {
            markdown::parse(text).iter().filter(|b| !matches!(b, Block::Paragraph(_))).map(Block::kind).collect()
        };
        for chapter in CHAPTERS {
            assert_eq!(shape(chapter.en), shape(chapter.zh), "{}", chapter.name);
            assert_ne!(chapter.title(false), chapter.title(true));
            // What is drawn with characters, and every command, is the same.
            let code = |text| -> Vec<Block> {
                markdown::parse(text)
                    .into_iter()
                    .filter(|b| matches!(b, Block::Code(c) if c.contains("cadenza")))
                    .collect()
            };
            assert_eq!(code(chapter.en), code(chapter.zh), "{}", chapter.name);
        }
    }

    #[test]
    fn no_page_on_disk_is_forgotten() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/manual");
        for folder in [docs.clone(), docs.join("zh")] {
            for entry in std::fs::read_dir(folder).expect("the manual is there") {
                let path = entry.expect("readable").path();
                let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
                assert!(path.is_dir() || CHAPTERS.iter().any(|c| c.name == name), "{}", path.display());
            }
        }
    }
}
