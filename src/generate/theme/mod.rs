//! Design systems: one file each, one line in [`THEMES`].

/// A design system in one colour scheme, all values resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Id of its family.
    pub id: &'static str,
}

/// A family of looks.
pub trait ThemeFamily: Sync {
    /// Stable id.
    fn id(&self) -> &'static str;
    /// Short name for people.
    fn title(&self) -> &'static str;
}

/// Every theme.
pub static THEMES: &[&dyn ThemeFamily] = &[];

/// Ids of [`THEMES`] in order.
pub fn ids() -> impl Iterator<Item = &'static str> + Clone {
    THEMES.iter().map(|t| t.id())
}
