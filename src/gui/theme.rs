//! Design tokens: every colour, radius and distance of the window, for dark and for light.
//!
//! Deliberately the only place that names a colour; widgets ask [`Tokens::of`].

use eframe::egui::{self, Color32, CornerRadius, FontId, Margin, Shadow, Stroke, TextStyle, Visuals, vec2};

/// Corner radius of widgets and of panels or cards.
pub const RADIUS: u8 = 4;
pub const RADIUS_PANEL: u8 = 6;
/// The unit of distance.
pub const SPACE: f32 = 8.0;
/// Height of a row of a list and of a row that is pressed.
pub const ROW: f32 = 24.0;
pub const ROW_TALL: f32 = 32.0;

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The colours in force.
#[derive(Clone, Copy, Debug)]
pub struct Tokens {
    pub dark: bool,
    /// Behind everything; canvases.
    pub canvas: Color32,
    pub panel: Color32,
    /// Cards, fields.
    pub raised: Color32,
    pub hover: Color32,
    pub line: Color32,
    pub strong: Color32,
    pub text: Color32,
    pub subdued: Color32,
    pub accent: Color32,
    /// Behind what is chosen.
    pub accent_soft: Color32,
    pub on_accent: Color32,
    pub success: Color32,
    pub info: Color32,
    pub warning: Color32,
    pub error: Color32,
    /// Rows of the roll: in the scale, outside it, and the lines of the grid.
    pub row: Color32,
    pub row_dark: Color32,
    pub grid_bar: Color32,
    pub grid_beat: Color32,
    pub grid_fine: Color32,
    pub key_white: Color32,
    pub key_black: Color32,
    pub key_text: Color32,
}

pub const DARK: Tokens = Tokens {
    dark: true,
    canvas: rgb(0x15161A),
    panel: rgb(0x1C1D22),
    raised: rgb(0x272930),
    hover: rgb(0x31333C),
    line: rgb(0x30323A),
    strong: rgb(0xF4F5F7),
    text: rgb(0xCDCFD7),
    subdued: rgb(0x999DAA),
    accent: rgb(0xA494FF),
    accent_soft: rgb(0x37325C),
    on_accent: rgb(0x15121F),
    success: rgb(0x5CC98A),
    info: rgb(0x63AEF5),
    warning: rgb(0xE9B44C),
    error: rgb(0xF58080),
    row: rgb(0x202127),
    row_dark: rgb(0x1A1B20),
    grid_bar: rgb(0x454853),
    grid_beat: rgb(0x2F3139),
    grid_fine: rgb(0x26282E),
    key_white: rgb(0xC9CBD3),
    key_black: rgb(0x2A2C33),
    key_text: rgb(0x3B3D47),
};

pub const LIGHT: Tokens = Tokens {
    dark: false,
    canvas: rgb(0xF0F0F4),
    panel: rgb(0xFAFAFC),
    raised: rgb(0xECECF1),
    hover: rgb(0xE0E0E8),
    line: rgb(0xDDDDE5),
    strong: rgb(0x14151A),
    text: rgb(0x363842),
    subdued: rgb(0x5E616E),
    accent: rgb(0x5B43D6),
    accent_soft: rgb(0xDCD6FA),
    on_accent: rgb(0xFFFFFF),
    success: rgb(0x14713F),
    info: rgb(0x0B62B3),
    warning: rgb(0x865500),
    error: rgb(0xB8292F),
    row: rgb(0xFFFFFF),
    row_dark: rgb(0xF2F2F6),
    grid_bar: rgb(0xC3C4CE),
    grid_beat: rgb(0xE0E1E8),
    grid_fine: rgb(0xECEDF2),
    key_white: rgb(0xFFFFFF),
    key_black: rgb(0x4A4C57),
    key_text: rgb(0x5E616E),
};

/// Hues of voices, in turn; none is near the accent.
const VOICE_HUES: [(f32, f32); 8] =
    [(211.0, 0.75), (152.0, 0.55), (28.0, 0.80), (336.0, 0.65), (182.0, 0.60), (47.0, 0.75), (2.0, 0.65), (92.0, 0.45)];

/// How many colours voices have.
pub const N_HUES: u8 = VOICE_HUES.len() as u8;

impl Tokens {
    /// The tokens that `ui` is drawn with.
    pub fn of(ui: &egui::Ui) -> &'static Tokens {
        Self::from_dark(ui.visuals().dark_mode)
    }

    pub fn from_dark(dark: bool) -> &'static Tokens {
        if dark { &DARK } else { &LIGHT }
    }

    /// The colour of a voice: its name in lists, its button.
    pub fn voice(&self, voice: usize) -> Color32 {
        self.note(voice, 96)
    }

    /// A note's colour: hue by voice, lightness by velocity (louder is further from the background).
    pub fn note(&self, voice: usize, velocity: u8) -> Color32 {
        let (hue, saturation) = VOICE_HUES[voice % VOICE_HUES.len()];
        let loud = f32::from(velocity) / 127.0;
        let lightness = if self.dark { 0.34 + 0.36 * loud } else { 0.68 - 0.34 * loud };
        from_hsl(hue, saturation, lightness)
    }

    /// A note's colour by its share of the greatest surprise, 0–1: from cool and quiet to warm and far from the
    /// background.
    pub fn surprise(&self, share: f64) -> Color32 {
        let hex = if self.dark { [0x3E74C4, 0xC2689E, 0xFFC07A] } else { [0x6FA0E0, 0xB4559C, 0x9E2B00] };
        let [low, middle, high] = hex.map(rgb);
        let share = 2.0 * share.clamp(0.0, 1.0) as f32;
        if share < 1.0 { mix(low, middle, share) } else { mix(middle, high, share - 1.0) }
    }

    /// Of a note that no model has read.
    pub fn no_surprise(&self) -> Color32 {
        mix(self.row, self.subdued, 0.35)
    }

    /// As [`Self::note`], for what the generator is writing.
    pub fn generated(&self, velocity: u8) -> Color32 {
        let loud = f32::from(velocity) / 127.0;
        let lightness = if self.dark { 0.52 + 0.26 * loud } else { 0.70 - 0.20 * loud };
        from_hsl(250.0, 0.85, lightness)
    }
}

/// Hue in degrees, saturation and lightness 0–1.
fn from_hsl(hue: f32, saturation: f32, lightness: f32) -> Color32 {
    let chroma = saturation * lightness.min(1.0 - lightness);
    let channel = |n: f32| {
        let k = (n + hue / 30.0) % 12.0;
        ((lightness - chroma * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)) * 255.0).round() as u8
    };
    Color32::from_rgb(channel(0.0), channel(8.0), channel(4.0))
}

/// `a` where `share` is 0, `b` where it is 1.
pub fn mix(a: Color32, b: Color32, share: f32) -> Color32 {
    a.lerp_to_gamma(b, share)
}

/// Gives `ctx` the look of both themes. Which one shows is [`egui::Context::set_theme`]'s business.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    ctx.add_glyph_rasterizer(super::glyphs::rasterizer());
    for (theme, tokens) in [(egui::Theme::Dark, &DARK), (egui::Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |style| style_with(style, tokens));
    }
}

/// egui's own fonts, with its monospaced one behind the proportional one: it has arrows.
fn fonts() -> egui::FontDefinitions {
    let mut fonts = egui::FontDefinitions::default();
    fonts.families.entry(egui::FontFamily::Proportional).or_default().push("Hack".into());
    fonts
}

fn style_with(style: &mut egui::Style, t: &Tokens) {
    use egui::FontFamily::{Monospace, Proportional};
    style.text_styles = [
        (TextStyle::Small, FontId::new(11.0, Proportional)),
        (TextStyle::Body, FontId::new(13.5, Proportional)),
        (TextStyle::Button, FontId::new(13.5, Proportional)),
        (TextStyle::Heading, FontId::new(18.0, Proportional)),
        (TextStyle::Monospace, FontId::new(12.5, Monospace)),
    ]
    .into();
    style.visuals = visuals(t);
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.animation_time = 0.12;
    let s = &mut style.spacing;
    s.item_spacing = vec2(SPACE, SPACE);
    s.button_padding = vec2(SPACE, 4.0);
    s.interact_size = vec2(ROW, ROW);
    s.window_margin = Margin::same(16);
    s.menu_margin = Margin::same(6);
    s.icon_spacing = 6.0;
    s.slider_rail_height = 4.0;
    s.slider_width = 128.0;
    s.tooltip_width = 320.0;
    s.scroll = egui::style::ScrollStyle { bar_width: 8.0, ..egui::style::ScrollStyle::floating() };
    s.combo_height = 320.0;
    s.indent = 12.0;
}

fn visuals(t: &Tokens) -> Visuals {
    let mut v = if t.dark { Visuals::dark() } else { Visuals::light() };
    v.panel_fill = t.panel;
    v.window_fill = t.panel;
    v.window_stroke = Stroke::new(1.0, t.line);
    v.window_corner_radius = CornerRadius::same(RADIUS_PANEL);
    v.menu_corner_radius = CornerRadius::same(RADIUS_PANEL);
    let shadow =
        Shadow { offset: [0, 6], blur: 20, spread: 0, color: Color32::from_black_alpha(if t.dark { 110 } else { 40 }) };
    v.window_shadow = shadow;
    v.popup_shadow = shadow;
    v.extreme_bg_color = t.raised;
    v.text_edit_bg_color = Some(t.raised);
    v.faint_bg_color = mix(t.panel, t.raised, 0.35);
    v.code_bg_color = t.raised;
    v.weak_text_color = Some(t.subdued);
    v.hyperlink_color = t.accent;
    v.warn_fg_color = t.warning;
    v.error_fg_color = t.error;
    v.selection.bg_fill = t.accent_soft;
    v.selection.stroke = Stroke::new(1.0, t.strong);
    v.slider_trailing_fill = true;
    v.handle_shape = egui::style::HandleShape::Circle;
    v.indent_has_left_vline = false;
    v.collapsing_header_frame = false;
    v.striped = false;
    let radius = CornerRadius::same(RADIUS);
    let states = [
        (&mut v.widgets.noninteractive, t.panel, t.panel, t.text),
        (&mut v.widgets.inactive, t.raised, Color32::TRANSPARENT, t.text),
        (&mut v.widgets.hovered, t.hover, t.hover, t.strong),
        (&mut v.widgets.active, t.hover, mix(t.hover, t.accent_soft, 0.6), t.strong),
        (&mut v.widgets.open, t.raised, t.raised, t.strong),
    ];
    for (w, fill, weak, text) in states {
        w.bg_fill = fill;
        w.weak_bg_fill = weak;
        w.bg_stroke = Stroke::NONE;
        w.fg_stroke = Stroke::new(1.0, text);
        w.corner_radius = radius;
        w.expansion = 0.0;
    }
    v.widgets.noninteractive.bg_stroke = Stroke::new(1.0, t.line);
    v.widgets.hovered.fg_stroke.width = 1.25;
    v.widgets.active.fg_stroke.width = 1.25;
    // The focus of the keyboard must be seen: egui frames the focused widget with this stroke.
    v.widgets.active.bg_stroke = Stroke::NONE;
    v
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(c: Color32) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b())
    }

    /// Contrast as WCAG 2.2 defines it.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let (x, y) = (luminance(a), luminance(b));
        (x.max(y) + 0.05) / (x.min(y) + 0.05)
    }

    #[test]
    fn every_text_is_readable_on_every_ground() {
        for t in [&DARK, &LIGHT] {
            for text in [t.strong, t.text, t.subdued, t.accent, t.success, t.info, t.warning, t.error] {
                for ground in [t.canvas, t.panel, t.raised] {
                    let c = contrast(text, ground);
                    assert!(c >= 4.5, "{text:?} on {ground:?} in dark={}: {c:.2}", t.dark);
                }
            }
            assert!(contrast(t.on_accent, t.accent) >= 4.5);
            assert!(contrast(t.strong, t.accent_soft) >= 4.5);
            assert!(contrast(t.key_text, t.key_white) >= 4.5);
        }
    }

    #[test]
    fn what_was_expected_is_seen_and_is_not_taken_for_what_was_never_read() {
        for t in [&DARK, &LIGHT] {
            let seen = |share| contrast(t.surprise(share), t.row);
            let steps: Vec<f64> = (0..=10).map(|i| seen(f64::from(i) / 10.0)).collect();
            assert!(steps[0] > 2.5 && steps.is_sorted(), "dark={}: {steps:?}", t.dark);
            let (expected, unread) = (t.surprise(0.0), t.no_surprise());
            let apart = |a: u8, b: u8| i32::from(a.abs_diff(b));
            let far =
                apart(expected.r(), unread.r()) + apart(expected.g(), unread.g()) + apart(expected.b(), unread.b());
            assert!(far > 90 && contrast(unread, t.row) > 1.3, "{expected:?} {unread:?}");
        }
    }

    #[test]
    fn louder_notes_stand_out_more() {
        for t in [&DARK, &LIGHT] {
            for voice in 0..VOICE_HUES.len() {
                let seen = |velocity| contrast(t.note(voice, velocity), t.row);
                assert!(seen(127) > seen(64) && seen(64) > seen(1) && seen(64) > 1.8, "voice {voice}");
            }
        }
    }
}
