//! Sliders and progress bars.

use super::node::{block, column, row, spacer};
use super::ui::{Flags, Ui, control, passive};
use crate::generate::plan::{Action, Length, NameFrom, Node};
use crate::generate::theme::TextRole;

/// Everything a slider can have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Slider<'a> {
    /// Label above, and the accessible name.
    pub label: &'a str,
    /// Current value.
    pub value: f64,
    /// Left end.
    pub min: f64,
    /// Right end.
    pub max: f64,
    /// How the value is written at the end of the label; empty writes nothing.
    pub shown: &'a str,
    /// States.
    pub flags: Flags,
}

/// A horizontal slider as wide as its container.
pub fn slider(ui: &Ui<'_>, s: Slider<'_>) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let k = t.slider;
    let span = s.max - s.min;
    let part = if span > 0.0 {
        ((s.value - s.min) / span).clamp(0.0, 1.0)
    } else {
        0.0
    };
    // Whole percents are exact in both layouts.
    let percent = (part * 100.0).round() as f32;
    let on = if s.flags.disabled {
        c.disabled_text
    } else {
        c.primary
    };
    let h = k.thumb.max(k.track) + 4.0;
    let mid = ((h - k.track) / 2.0).floor();
    let bar = |n: Node| {
        n.height(k.track).radius(k.track / 2.0).absolute(
            Length::Px(mid),
            Length::Auto,
            Length::Auto,
            Length::Px(0.0),
        )
    };
    let mut track = bar(block(Vec::new()).bg(if s.flags.disabled {
        c.disabled_fill
    } else {
        c.secondary
    }));
    track.style.width = Length::Percent(100.0);
    let mut done = bar(block(Vec::new()).bg(on));
    done.style.width = Length::Percent(percent);
    let (w, th) = if k.bar { (4.0, h) } else { (k.thumb, k.thumb) };
    let mut thumb = block(Vec::new())
        .size(w, th)
        .radius(w / 2.0)
        .bg(if k.ring { c.surface } else { on })
        .absolute(
            Length::Px(((h - th) / 2.0).floor()),
            Length::Auto,
            Length::Auto,
            Length::Percent(percent),
        )
        .when(k.ring, |n| n.border(2.0, on));
    thumb.style.margin.left = Length::Px(-w / 2.0);
    let thumb = ui.ring(thumb, s.flags.focused);
    let mut e = control(
        "slider",
        "slider",
        s.label,
        NameFrom::Aria,
        &[Action::Drag, Action::Click],
        s.flags,
    );
    e.state.value_now = Some(s.value);
    e.state.value_min = Some(s.min);
    e.state.value_max = Some(s.max);
    let control = block(vec![track, done, thumb])
        .relative()
        .height(h)
        .element(e);
    let text = if s.flags.disabled {
        c.disabled_text
    } else {
        c.text
    };
    let mut head = vec![ui.text(TextRole::Label, text, s.label), spacer()];
    if !s.shown.is_empty() {
        head.push(ui.line(TextRole::Label, text, s.shown).weight(600).rigid());
    }
    column(
        ui.space(1.5),
        vec![
            row(ui.space(2.0), head),
            // Room for half a thumb at both ends.
            block(vec![control]).pad(k.thumb / 2.0, 0.0),
        ],
    )
}

/// A progress bar; `percent` is 0 to 100.
pub fn progress(ui: &Ui<'_>, name: &str, percent: u8) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let percent = percent.min(100);
    let h = t.slider.progress;
    let mut done = block(Vec::new()).height(h).bg(c.primary).radius(h / 2.0);
    done.style.width = Length::Percent(f32::from(percent));
    let mut e = passive("progress", "progressbar", name, NameFrom::Aria);
    e.state.value_now = Some(f64::from(percent));
    e.state.value_min = Some(0.0);
    e.state.value_max = Some(100.0);
    block(vec![done])
        .height(h)
        .full()
        .rigid()
        .radius(h / 2.0)
        .bg(c.secondary)
        .element(e)
}
