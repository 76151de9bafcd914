//! [`Ui`]: what every constructor needs, and the states that controls share.

use std::cell::Cell;

use crate::base::color::Rgba8;
use crate::generate::icon;
use crate::generate::plan::{
    Action, Content, Element, IconRun, NameFrom, Node, State, Tag, TextAlign, TextRun,
};
use crate::generate::theme::{Casing, TextRole, Theme};

/// The theme, and a counter for HTML ids that are unique in one screen.
#[derive(Clone, Debug)]
pub struct Ui<'a> {
    /// The look.
    pub theme: &'a Theme,
    next_id: Cell<u32>,
}

/// Size of a control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Size {
    /// Compact: toolbars and table rows.
    Small,
    /// The usual.
    #[default]
    Medium,
    /// Main actions of a screen.
    Large,
}

impl Size {
    /// Index into the sizes of `theme.control`.
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

/// States that any control can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Cannot be used.
    pub disabled: bool,
    /// Has keyboard focus.
    pub focused: bool,
    /// Holds a wrong value.
    pub invalid: bool,
    /// Must be filled in.
    pub required: bool,
    /// Can be read, not changed.
    pub readonly: bool,
}

impl Flags {
    /// Nothing special.
    pub const NONE: Self = Self {
        disabled: false,
        focused: false,
        invalid: false,
        required: false,
        readonly: false,
    };
    /// Disabled.
    pub const DISABLED: Self = Self {
        disabled: true,
        ..Self::NONE
    };
    /// Focused.
    pub const FOCUSED: Self = Self {
        focused: true,
        ..Self::NONE
    };

    /// The same as ARIA states.
    pub fn state(self) -> State {
        State {
            disabled: self.disabled,
            focused: self.focused,
            invalid: self.invalid,
            required: self.required,
            readonly: self.readonly,
            ..State::default()
        }
    }
}

impl<'a> Ui<'a> {
    /// For one screen.
    pub fn new(theme: &'a Theme) -> Self {
        Self {
            theme,
            next_id: Cell::new(1),
        }
    }

    /// A new HTML id (`u1`, `u2` …).
    pub fn id(&self) -> String {
        let n = self.next_id.get();
        self.next_id.set(n + 1);
        format!("u{n}")
    }

    /// `n` steps of the spacing scale.
    pub fn space(&self, n: f32) -> f32 {
        self.theme.space(n)
    }

    /// Bare text that wraps; no element of its own.
    pub fn text(&self, role: TextRole, color: Rgba8, text: &str) -> Node {
        Node {
            tag: Tag::Span,
            content: Content::Text(TextRun {
                text: text.into(),
                style: self.theme.text_style(role, color),
            }),
            ..Node::default()
        }
    }

    /// Bare text on one line.
    pub fn line(&self, role: TextRole, color: Rgba8, text: &str) -> Node {
        self.text(role, color, text).nowrap()
    }

    /// The theme's drawing of a meaning (`search`, `delete`): an id in `icon::ICONS`.
    pub fn drawing(&self, meaning: &str) -> &'static str {
        let t = self.theme;
        let all = icon::by_meaning(meaning);
        let own = || all.iter().filter(|i| i.family == t.icon_family);
        let n = own().count();
        own()
            .nth(usize::from(t.icon_variant) % n.max(1))
            .or(all.first())
            .map_or("circle", |i| i.id)
    }

    /// A bare icon of `size` CSS px, drawn for its meaning.
    pub fn icon(&self, meaning: &str, size: f32, color: Rgba8) -> Node {
        let mut n = Node {
            tag: Tag::Span,
            content: Content::Icon(IconRun {
                icon: self.drawing(meaning).into(),
                size_px: size,
                stroke: self.theme.icon_stroke,
                color,
            }),
            ..Node::default()
        };
        n.style.flex_shrink = 0.0;
        n
    }

    /// The mark of a checked box: bolder than other icons.
    pub(super) fn check_mark(&self, size: f32, color: Rgba8) -> Node {
        let mut n = self.icon("confirm", size, color);
        if let Content::Icon(run) = &mut n.content {
            run.stroke = 3.5;
        }
        n
    }

    /// A button caption in the theme's capitals.
    pub(super) fn cased(&self, label: &str) -> String {
        match self.theme.button.casing {
            Casing::Upper => label.to_uppercase(),
            Casing::AsWritten => label.into(),
        }
    }

    /// Adds the focus ring when `focused`.
    pub(super) fn ring(&self, node: Node, focused: bool) -> Node {
        let f = self.theme.focus;
        node.when(focused, |n| {
            n.outline(f.width, f.offset, self.theme.colors.focus)
        })
    }
}

/// An element that a person can act on, unless it is disabled.
pub(super) fn control(
    widget: &str,
    role: &str,
    name: &str,
    name_from: NameFrom,
    actions: &[Action],
    flags: Flags,
) -> Element {
    Element {
        widget: widget.into(),
        role: role.into(),
        name: name.into(),
        name_from,
        interactive: !flags.disabled,
        actions: if flags.disabled {
            Vec::new()
        } else {
            actions.to_vec()
        },
        state: flags.state(),
        ..Element::default()
    }
}

/// An element that is only there to be read.
pub(super) fn passive(widget: &str, role: &str, name: &str, name_from: NameFrom) -> Element {
    Element {
        widget: widget.into(),
        role: role.into(),
        name: name.into(),
        name_from,
        ..Element::default()
    }
}

impl Node {
    fn text_style(mut self, f: impl FnOnce(&mut crate::generate::plan::TextStyle)) -> Self {
        if let Content::Text(run) = &mut self.content {
            f(&mut run.style);
        }
        self
    }

    /// Text on one line, whatever the room.
    #[must_use]
    pub fn nowrap(self) -> Self {
        self.text_style(|s| s.wrap = false)
    }

    /// Text on one line that ends in an ellipsis where the room does.
    #[must_use]
    pub fn ellipsis(self) -> Self {
        let mut n = self.clip().text_style(|s| {
            s.wrap = false;
            s.ellipsis = true;
        });
        n.style.min_width = crate::generate::plan::Length::Px(0.0);
        n
    }

    /// Alignment of text.
    #[must_use]
    pub fn text_align(self, a: TextAlign) -> Self {
        self.text_style(|s| s.align = a)
    }

    /// Weight of text, 400 to 700.
    #[must_use]
    pub fn weight(self, w: u16) -> Self {
        self.text_style(|s| s.weight = w)
    }

    /// Text in the monospaced family.
    #[must_use]
    pub fn mono(self) -> Self {
        self.text_style(|s| s.family = crate::generate::plan::FontFamily::Mono)
    }

    /// A line under the text.
    #[must_use]
    pub fn underlined(self) -> Self {
        self.text_style(|s| s.underline = true)
    }

    /// A line through the text.
    #[must_use]
    pub fn struck(self) -> Self {
        self.text_style(|s| s.strike = true)
    }
}
