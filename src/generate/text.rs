//! Bundled fonts, shaping, line breaking and placing of text, in the way a browser does it.
//!
//! Widths come from parley with Chromium's line breaking rules; baselines follow Chromium's
//! own arithmetic, which rounds ascent and descent to whole pixels.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride};
use parley::{
    BaseDirection, CHROMIUM_LINE_BREAK_OVERRIDE, FontContext, FontFamilyName, FontWeight,
    LayoutContext, LineBreak, LineHeight, OverflowWrap, PositionedLayoutItem, StyleProperty,
    TextWrapMode,
};
use skrifa::MetadataProvider as _;

use crate::base::geometry::Rect;
use crate::generate::layout::{Glyph, GlyphRun, LaidText, Line};
use crate::generate::plan::{FieldRun, FontFamily, TextAlign, TextStyle};

/// One bundled font file.
#[derive(Debug)]
pub struct Font {
    /// Id of the family: `inter`, `source-sans-3`, `jetbrains-mono`.
    pub family: &'static str,
    /// CSS weight.
    pub weight: u16,
    /// File name in `www/fonts`.
    pub file: &'static str,
    /// The TrueType file.
    pub bytes: &'static [u8],
}

/// One font family.
#[derive(Debug)]
pub struct Family {
    /// Id used in plans.
    pub id: &'static str,
    /// Name in CSS.
    pub css_name: &'static str,
    /// Whether all characters have one width.
    pub monospace: bool,
}

/// Every family. Plans choose `sans_family` among those that are not monospace.
pub static FAMILIES: &[Family] = &[
    Family {
        id: "inter",
        css_name: "Inter",
        monospace: false,
    },
    Family {
        id: "source-sans-3",
        css_name: "Source Sans 3",
        monospace: false,
    },
    Family {
        id: MONO,
        css_name: "JetBrains Mono",
        monospace: true,
    },
];

/// Id of the family behind [`FontFamily::Mono`].
pub const MONO: &str = "jetbrains-mono";

macro_rules! fonts {
    ($($family:literal $weight:literal $file:literal),* $(,)?) => {
        &[$(Font {
            family: $family,
            weight: $weight,
            file: $file,
            bytes: include_bytes!(concat!("../../www/fonts/", $file)),
        }),*]
    };
}

/// Every bundled font; [`GlyphRun::font`] is an index into this.
pub static FONTS: &[Font] = fonts![
    "inter" 400 "inter-400.ttf",
    "inter" 500 "inter-500.ttf",
    "inter" 600 "inter-600.ttf",
    "inter" 700 "inter-700.ttf",
    "source-sans-3" 400 "source-sans-3-400.ttf",
    "source-sans-3" 500 "source-sans-3-500.ttf",
    "source-sans-3" 600 "source-sans-3-600.ttf",
    "source-sans-3" 700 "source-sans-3-700.ttf",
    "jetbrains-mono" 400 "jetbrains-mono-400.ttf",
    "jetbrains-mono" 500 "jetbrains-mono-500.ttf",
    "jetbrains-mono" 700 "jetbrains-mono-700.ttf",
];

/// Width of a field whose width is `auto`, CSS pixels.
pub const FIELD_WIDTH_PX: f32 = 150.0;

/// Paragraphs kept shaped; beyond that the cache starts anew, which changes no result.
const CACHE_ENTRIES: usize = 8192;

/// CSS name of the family behind `family` in a plan whose sans family is `sans`.
pub fn css_name(family: FontFamily, sans: &str) -> &'static str {
    family_of(family, sans).css_name
}

fn family_of(family: FontFamily, sans: &str) -> &'static Family {
    let id = match family {
        FontFamily::Sans => sans,
        FontFamily::Mono => MONO,
    };
    FAMILIES.iter().find(|f| f.id == id).unwrap_or(&FAMILIES[0])
}

/// Rounds a width up to Chromium's layout unit, 1/64 px.
pub(crate) fn ceil_64th(v: f32) -> f32 {
    (v * 64.0 - 0.001).ceil().max(0.0) / 64.0
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    text: String,
    family: &'static str,
    size_bits: u32,
    weight: u16,
    spacing_bits: u32,
    wrap: bool,
}

/// A shaped paragraph, broken for one width at a time.
struct Shaped {
    layout: parley::Layout<()>,
    min_width: f32,
    max_width: f32,
    broken_at: Option<f32>,
}

impl Shaped {
    /// Breaks lines for `width` (unbounded when the text fits on one line) and returns how many
    /// there are.
    fn break_at(&mut self, width: f32) -> usize {
        // 0.02 px of slack: a box that was sized by this very text must not wrap it.
        let bound = (width < self.max_width - 0.02).then_some(width);
        if self.broken_at != Some(bound.unwrap_or(f32::MAX)) {
            self.layout.break_all_lines(bound);
            self.broken_at = Some(bound.unwrap_or(f32::MAX));
        }
        self.layout.len()
    }
}

/// Size of a paragraph in a given width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextSize {
    /// Width without any soft break taken, rounded up to 1/64 px.
    pub max_width: f32,
    /// Width of the longest piece that cannot be broken, rounded up to 1/64 px.
    pub min_width: f32,
    /// Lines times line height.
    pub height: f32,
    /// First baseline from the top.
    pub baseline: f32,
}

/// Fonts, shaper and cache.
pub struct TextEngine {
    fonts: FontContext,
    context: LayoutContext<()>,
    /// Blob id of each font of [`FONTS`].
    blob_ids: Vec<u64>,
    cache: HashMap<Key, Shaped>,
}

impl std::fmt::Debug for TextEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextEngine")
            .field("cached", &self.cache.len())
            .finish_non_exhaustive()
    }
}

impl Default for TextEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl TextEngine {
    /// An engine that knows the bundled fonts and no others.
    pub fn new() -> Self {
        let mut collection = Collection::new(CollectionOptions {
            shared: false,
            system_fonts: false,
        });
        let mut blob_ids = Vec::with_capacity(FONTS.len());
        for font in FONTS {
            let name = FAMILIES
                .iter()
                .find(|f| f.id == font.family)
                .map_or(font.family, |f| f.css_name);
            let blob = Blob::new(Arc::new(font.bytes));
            blob_ids.push(blob.id());
            collection.register_fonts(
                blob,
                Some(FontInfoOverride {
                    family_name: Some(name),
                    weight: Some(FontWeight::new(f32::from(font.weight))),
                    ..FontInfoOverride::default()
                }),
            );
        }
        Self {
            fonts: FontContext {
                collection,
                source_cache: parley::fontique::SourceCache::default(),
            },
            context: LayoutContext::new(),
            blob_ids,
            cache: HashMap::new(),
        }
    }

    fn shaped(&mut self, text: &str, style: &TextStyle, sans: &str) -> &mut Shaped {
        let family = family_of(style.family, sans);
        let key = Key {
            text: text.to_owned(),
            family: family.id,
            size_bits: style.size_px.to_bits(),
            weight: style.weight,
            spacing_bits: style.letter_spacing_px.to_bits(),
            wrap: style.wrap,
        };
        if self.cache.len() >= CACHE_ENTRIES && !self.cache.contains_key(&key) {
            self.cache.clear();
        }
        let (fonts, context) = (&mut self.fonts, &mut self.context);
        self.cache.entry(key).or_insert_with(|| {
            let mut b = context.ranged_builder(fonts, text, 1.0, true);
            b.set_base_direction(BaseDirection::Ltr);
            b.set_line_break_override(Some(CHROMIUM_LINE_BREAK_OVERRIDE));
            // A character that a face lacks falls back to Inter, as in the exported CSS.
            let names = [
                FontFamilyName::named(family.css_name),
                FontFamilyName::named(FAMILIES[0].css_name),
            ];
            b.push_default(StyleProperty::FontFamily(parley::FontFamily::List(
                names.as_slice().into(),
            )));
            b.push_default(StyleProperty::FontSize(style.size_px));
            b.push_default(StyleProperty::FontWeight(FontWeight::new(f32::from(
                style.weight,
            ))));
            b.push_default(StyleProperty::LetterSpacing(style.letter_spacing_px));
            b.push_default(StyleProperty::LineHeight(LineHeight::Absolute(
                style.line_height_px,
            )));
            b.push_default(StyleProperty::LineBreak(LineBreak::Strict));
            b.push_default(StyleProperty::OverflowWrap(OverflowWrap::Normal));
            b.push_default(StyleProperty::TextWrapMode(if style.wrap {
                TextWrapMode::Wrap
            } else {
                TextWrapMode::NoWrap
            }));
            let layout = b.build(text);
            let widths = layout.calculate_content_widths();
            let max_width = ceil_64th(widths.max);
            Shaped {
                layout,
                max_width,
                min_width: if style.wrap {
                    ceil_64th(widths.min)
                } else {
                    max_width
                },
                broken_at: None,
            }
        })
    }

    /// Size of `text` when lines may be `width` wide; `None` is unbounded.
    pub fn measure(
        &mut self,
        text: &str,
        style: &TextStyle,
        sans: &str,
        width: Option<f32>,
    ) -> TextSize {
        if text.is_empty() {
            return TextSize {
                max_width: 0.0,
                min_width: 0.0,
                height: 0.0,
                baseline: 0.0,
            };
        }
        let baseline = baseline_offset(style, sans);
        let s = self.shaped(text, style, sans);
        let lines = match width {
            Some(w) if style.wrap => s.break_at(w),
            _ => 1,
        };
        TextSize {
            max_width: s.max_width,
            min_width: s.min_width,
            height: lines as f32 * style.line_height_px,
            baseline,
        }
    }

    /// Places `text` in `content_box`, from its top.
    pub fn place(
        &mut self,
        text: &str,
        style: &TextStyle,
        sans: &str,
        content_box: &Rect,
    ) -> LaidText {
        if text.is_empty() {
            return LaidText::default();
        }
        if style.ellipsis && !style.wrap {
            let shown = self.cut(text, style, sans, content_box.width);
            if shown.len() != text.len() {
                let mut laid = self.place_whole(&shown, style, sans, content_box);
                laid.cut = true;
                return laid;
            }
        }
        self.place_whole(text, style, sans, content_box)
    }

    /// Places the value or placeholder of a field: one centred line in an `<input>`, lines from
    /// the top in a `<textarea>`.
    pub fn place_field(
        &mut self,
        field: &FieldRun,
        multiline: bool,
        sans: &str,
        content_box: &Rect,
    ) -> LaidText {
        let (text, style) = field_text(field, multiline);
        let mut area = *content_box;
        if !multiline {
            area.y += (content_box.height - style.line_height_px) / 2.0;
        }
        self.place_whole(&text, &style, sans, &area)
    }

    fn place_whole(&mut self, text: &str, style: &TextStyle, sans: &str, area: &Rect) -> LaidText {
        if text.is_empty() {
            return LaidText::default();
        }
        let baseline = baseline_offset(style, sans);
        let blob_ids = std::mem::take(&mut self.blob_ids);
        let s = self.shaped(text, style, sans);
        if style.wrap {
            s.break_at(area.width);
        } else {
            s.break_at(f32::MAX);
        }
        let mut lines = Vec::with_capacity(s.layout.len());
        for (i, line) in s.layout.lines().enumerate() {
            let m = line.metrics();
            let width = m.advance - m.hanging_advance;
            let free = (area.width - width).max(0.0);
            let left = area.x
                + match style.align {
                    TextAlign::Start => 0.0,
                    TextAlign::Center => free / 2.0,
                    TextAlign::End => free,
                };
            let top = area.y + i as f32 * style.line_height_px;
            let mut x = left;
            let mut runs = Vec::new();
            for item in line.items() {
                let PositionedLayoutItem::GlyphRun(run) = item else {
                    continue;
                };
                let id = run.run().font().data.id();
                let font = blob_ids.iter().position(|b| *b == id).unwrap_or(0) as u16;
                let mut glyphs = Vec::new();
                for g in run.glyphs() {
                    glyphs.push(Glyph {
                        id: g.id as u16,
                        x: x + g.x,
                        y: top + baseline + g.y,
                        advance: g.advance,
                    });
                    x += g.advance;
                }
                runs.push(GlyphRun {
                    font,
                    size_px: style.size_px,
                    glyphs,
                });
            }
            lines.push(Line {
                rect: Rect::new(left, top, width, style.line_height_px),
                baseline_y: top + baseline,
                runs,
                range: trimmed(text, line.text_range()),
            });
        }
        self.blob_ids = blob_ids;
        LaidText {
            lines,
            shown: text.to_owned(),
            cut: false,
        }
    }

    /// The longest start of `text` that fits with an ellipsis into `width`; `text` itself when
    /// it fits whole.
    fn cut(&mut self, text: &str, style: &TextStyle, sans: &str, width: f32) -> String {
        const ELLIPSIS: &str = "…";
        if self.shaped(text, style, sans).max_width <= width + 0.02 {
            return text.to_owned();
        }
        let room = width - self.shaped(ELLIPSIS, style, sans).layout_width();
        let s = self.shaped(text, style, sans);
        s.break_at(f32::MAX);
        let mut used = 0.0;
        let mut end = 0;
        if let Some(line) = s.layout.get(0) {
            for cluster in line.runs().flat_map(|r| r.clusters().collect::<Vec<_>>()) {
                used += cluster.advance();
                if used > room {
                    break;
                }
                end = cluster.text_range().end;
            }
        }
        format!("{}{ELLIPSIS}", &text[..end])
    }
}

impl Shaped {
    fn layout_width(&mut self) -> f32 {
        self.break_at(f32::MAX);
        self.layout.full_width()
    }
}

/// What a field shows, and in which style.
pub(crate) fn field_text(field: &FieldRun, multiline: bool) -> (String, TextStyle) {
    let mut style = TextStyle {
        wrap: multiline,
        ellipsis: false,
        ..field.style.clone()
    };
    if field.value.is_empty() {
        style.color = field.placeholder_color;
        (field.placeholder.clone(), style)
    } else if field.input_type == "password" {
        ("\u{2022}".repeat(field.value.chars().count()), style)
    } else {
        (field.value.clone(), style)
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    range.start..range.start + part.trim_end().len()
}

/// Distance from the top of a line to its baseline.
///
/// Chromium rounds ascent and descent to whole pixels; where rounding cut the descent, both
/// move by one pixel so that no glyph is clipped. The rest of the line height is split in two
/// halves, the upper one rounded down.
pub fn baseline_offset(style: &TextStyle, sans: &str) -> f32 {
    let (ascent, descent) = vertical_metrics(style, sans);
    ((style.line_height_px - (ascent + descent)) / 2.0).floor() + ascent
}

/// Rounded ascent and descent of a text style, CSS pixels, both positive.
fn vertical_metrics(style: &TextStyle, sans: &str) -> (f32, f32) {
    let family = family_of(style.family, sans).id;
    let font = FONTS
        .iter()
        .find(|f| f.family == family && f.weight >= style.weight)
        .or_else(|| FONTS.iter().rev().find(|f| f.family == family))
        .unwrap_or(&FONTS[0]);
    let Ok(face) = skrifa::FontRef::new(font.bytes) else {
        return (style.size_px, 0.0);
    };
    let m = face.metrics(
        skrifa::instance::Size::new(style.size_px),
        skrifa::instance::LocationRef::default(),
    );
    let exact_descent = -m.descent;
    let (mut ascent, mut descent) = ((m.ascent + 0.5).floor(), (exact_descent + 0.5).floor());
    if descent < exact_descent && ascent >= 1.0 {
        descent += 1.0;
        ascent -= 1.0;
    }
    (ascent, descent)
}
