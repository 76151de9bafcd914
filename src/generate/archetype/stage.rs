//! What screens with a frame share: their draws, bars, side navigation and popups.

use super::Compose;
use crate::base::rng::Stream;
use crate::generate::content::{Content, Domain, NavItem, Person, Section};
use crate::generate::plan::{Align, Length, Node, Tag};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Flags, MenuEntry, MenuItem, NavLink, Size, Ui, block, brand, column, icon_button, landmark,
    menu, nav_group, nav_link, profile_button, row, spacer,
};

/// Width below which things stand below each other, CSS px.
pub(super) const NARROW: f32 = 640.0;

/// One screen while it is composed.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) ui: Ui<'a>,
    pub(super) ctx: &'a Compose<'a>,
    pub(super) content: Content,
    pub(super) domain: &'static Domain,
    /// Structure.
    pub(super) shape: Stream,
    /// Texts.
    pub(super) words: Stream,
    /// What is open, chosen, switched on.
    pub(super) state: Stream,
    /// Whose account it is.
    pub(super) who: Person,
    pub(super) brand: &'static str,
    pub(super) mark: &'static str,
    /// Interactive elements still wanted.
    pub(super) left: i32,
    /// Section and page that the side navigation marks as current.
    pub(super) here: (&'static str, &'static str),
}

/// Where a popup stands beside its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    BelowStart,
    BelowEnd,
    AboveEnd,
}

/// Interactive elements in a tree.
pub(super) fn interactive(n: &Node) -> u32 {
    let mut count = 0;
    n.walk(&mut |n| count += u32::from(n.element.as_ref().is_some_and(|e| e.interactive)));
    count
}

/// `popup` beside `anchor`, over everything else.
pub(super) fn anchored(anchor: Node, popup: Node, place: Place) -> Node {
    let (zero, all) = (Length::Px(0.0), Length::Percent(100.0));
    let popup = match place {
        Place::BelowStart => popup
            .absolute(all, Length::Auto, Length::Auto, zero)
            .margin4(4.0, 0.0, 0.0, 0.0),
        Place::BelowEnd => popup
            .absolute(all, zero, Length::Auto, Length::Auto)
            .margin4(4.0, 0.0, 0.0, 0.0),
        Place::AboveEnd => popup
            .absolute(Length::Auto, zero, all, Length::Auto)
            .margin4(0.0, 0.0, 4.0, 0.0),
    };
    block(vec![anchor, popup.z(60)]).relative().rigid()
}

impl<'a> Stage<'a> {
    pub(super) fn new(ctx: &'a Compose<'a>, name: &str) -> Self {
        let content = Content::new(&mut ctx.streams.stream("content"));
        let mut words = ctx.streams.stream(&format!("{name}/words"));
        let domain = content.domain(&mut words);
        let (brand, mark) = (*words.pick(domain.brands), *words.pick(domain.marks));
        let who = content.person(&mut words);
        Self {
            ui: Ui::new(ctx.theme),
            ctx,
            content,
            domain,
            shape: ctx.streams.stream(&format!("{name}/shape")),
            words,
            state: ctx.streams.stream(&format!("{name}/state")),
            who,
            brand,
            mark,
            left: ctx.target_elements as i32,
            here: (domain.nav[0].title, domain.nav[0].items[0].label),
        }
    }

    pub(super) fn width(&self) -> f32 {
        self.ctx.viewport.width_px as f32
    }

    pub(super) fn height(&self) -> f32 {
        self.ctx.viewport.height_px as f32
    }

    pub(super) fn narrow(&self) -> bool {
        self.width() < NARROW
    }

    /// Draws a variation of the structure; never in the plainest one.
    pub(super) fn vary(&mut self, percent: u32) -> bool {
        self.ctx.randomize_layout && self.shape.chance(percent)
    }

    /// Counts what `n` holds as spent.
    pub(super) fn pay(&mut self, n: Node) -> Node {
        self.left -= interactive(&n) as i32;
        n
    }

    /// Whether `n` more elements are wanted.
    pub(super) fn wants(&self, n: i32) -> bool {
        self.left >= n
    }

    /// Fills a template with the words of the domain.
    pub(super) fn say(&mut self, template: &str) -> String {
        self.content
            .fill(&mut self.words, &self.domain.words, template)
    }

    /// Different texts from `templates`.
    pub(super) fn say_many(&mut self, templates: &[&'static str], n: usize) -> Vec<String> {
        let mut out: Vec<String> = Vec::with_capacity(n);
        for _ in 0..n * 6 {
            if out.len() == n {
                break;
            }
            let t = *self.words.pick(templates);
            let text = self.say(t);
            if !out.contains(&text) {
                out.push(text);
            }
        }
        out
    }

    /// Icon buttons and the account button for the end of a bar: at most `most`.
    pub(super) fn tools(&mut self, most: u32, account_open: bool) -> Vec<Node> {
        let mut out = Vec::new();
        if most == 0 {
            return out;
        }
        let choices = [
            ("notifications", "Notifications"),
            ("help", "Help"),
            ("dark theme", "Switch theme"),
            ("messages", "Messages"),
            ("apps", "Apps"),
            ("settings", "Settings"),
        ];
        let room = if self.narrow() { 1 } else { 3 };
        let n = (most as usize - 1).min(room).min(self.shape.below(4));
        for (icon, name) in self.shape.sample(&choices, n) {
            let purpose = match *icon {
                "notifications" => "show notifications",
                "help" => "get help",
                "dark theme" => "switch between light and dark",
                "messages" => "open messages",
                "apps" => "open the app launcher",
                _ => "open settings",
            };
            out.push(icon_button(&self.ui, icon, name, Size::Medium).purpose(purpose));
        }
        let side = self.ctx.theme.control.height[1].min(36.0);
        let b = profile_button(
            &self.ui,
            &self.who.full(),
            &self.who.initials(),
            side,
            account_open,
        );
        let b = if account_open {
            let m = self.account_menu();
            anchored(b, m, Place::BelowEnd)
        } else {
            b
        };
        out.push(b);
        out.into_iter().map(|n| self.pay(n)).collect()
    }

    /// The open account menu.
    pub(super) fn account_menu(&mut self) -> Node {
        let n = (self.left - 2).clamp(2, 5) as usize;
        let items = self.words.sample(self.content.locale.account_menu, n);
        let name = self.who.full();
        let mut entries = vec![MenuEntry::Title(&name)];
        entries.extend(items.iter().map(|(label, icon)| {
            MenuEntry::Item(MenuItem {
                label,
                icon: Some(icon),
                ..MenuItem::default()
            })
        }));
        entries.push(MenuEntry::Separator);
        entries.push(MenuEntry::Item(MenuItem {
            label: "Sign out",
            icon: Some("sign out"),
            ..MenuItem::default()
        }));
        menu(&self.ui, "Account menu", &entries).width(224.0)
    }

    /// The product's mark and name.
    pub(super) fn logo(&self) -> Node {
        brand(&self.ui, self.mark, self.brand, self.ctx.theme.colors.text)
    }

    /// A bar at the top of the screen.
    pub(super) fn bar(&self, kids: Vec<Node>) -> Node {
        let c = &self.ctx.theme.colors;
        let x = if self.narrow() {
            12.0
        } else {
            self.ui.space(6.0)
        };
        let n = row(self.ui.space(3.0), kids)
            .pad(x, self.ui.space(2.0))
            .min_height(56.0)
            .rigid()
            .bg(c.surface)
            .border_bottom(1.0, c.border);
        landmark(n, Tag::Header, "banner", "Top bar").group("Top bar")
    }

    /// About how high a bar is.
    pub(super) fn bar_height(&self) -> f32 {
        (self.ctx.theme.control.height[1] + 2.0 * self.ui.space(2.0) + 1.0).max(57.0)
    }

    /// A round button with a menu icon.
    pub(super) fn menu_button(&mut self) -> Node {
        let b = icon_button(&self.ui, "menu", "Open menu", Size::Medium).purpose("open the menu");
        self.pay(b)
    }

    /// Side navigation of the domain, `most` elements at most, as high as the screen below
    /// `top`. `current` is the label of the page one is on.
    pub(super) fn side_nav(&mut self, width: f32, top: f32, most: u32, with_logo: bool) -> Node {
        let c = &self.ctx.theme.colors;
        let before = self.left;
        let mut free = self.height() - top - if with_logo { 64.0 } else { 16.0 } - 16.0;
        let mut most = most;
        let mut kids = Vec::new();
        if with_logo {
            kids.push(
                row(0.0, vec![self.logo()])
                    .pad4(4.0, 0.0, 12.0, 4.0)
                    .min_height(48.0)
                    .rigid(),
            );
        }
        let line = self.ctx.theme.control.height[0].max(32.0) + 2.0;
        let foot = self.vary(45) && most >= 6;
        if foot {
            most -= 1;
            free -= line + 16.0;
        }
        let sections = self.domain.nav;
        let mut current = self.state.below(4);
        let open_group = self.state.chance(60);
        for s in sections {
            let title = self.ctx.theme.face(TextRole::Caption).line + 18.0;
            if most == 0 || free < title + line {
                break;
            }
            kids.push(self.section_title(s));
            free -= title;
            for item in s.items {
                if most == 0 || free < line {
                    break;
                }
                let open = open_group && current == 0 && !item.children.is_empty();
                let here = current == 0;
                if here {
                    self.here = (s.title, item.label);
                }
                current = current.wrapping_sub(1);
                kids.push(self.nav_item(item, here, open));
                most -= 1;
                free -= line;
                if open {
                    let at = self.state.below(item.children.len());
                    for (i, child) in item.children.iter().enumerate() {
                        if most == 0 || free < line {
                            break;
                        }
                        if i == at {
                            self.here = (s.title, child);
                        }
                        kids.push(
                            nav_link(
                                &self.ui,
                                NavLink {
                                    label: child,
                                    current: i == at,
                                    indent: 1,
                                    ..NavLink::default()
                                },
                            )
                            .group(item.label),
                        );
                        most -= 1;
                        free -= line;
                    }
                }
            }
        }
        if foot {
            kids.push(spacer());
            kids.push(self.nav_item(
                &NavItem {
                    label: "Help and feedback",
                    icon: "help",
                    children: &[],
                },
                false,
                false,
            ));
        }
        let n = column(2.0, kids)
            .width(width)
            .rigid()
            .pad(self.ui.space(3.0).min(12.0), 12.0)
            .clip()
            .bg(c.surface)
            .border_right(1.0, c.border);
        let n = landmark(n, Tag::Nav, "navigation", "Side navigation").group("Side navigation");
        self.left = before - interactive(&n) as i32;
        n
    }

    fn section_title(&self, s: &Section) -> Node {
        let c = &self.ctx.theme.colors;
        self.ui
            .line(TextRole::Caption, c.subtle, s.title)
            .weight(600)
            .pad4(12.0, 8.0, 6.0, self.ui.space(3.0))
            .rigid()
    }

    /// One item of a side navigation.
    pub(super) fn nav_item(&mut self, item: &NavItem, current: bool, open: bool) -> Node {
        if open {
            return nav_group(&self.ui, item.label, item.icon, true, Flags::NONE);
        }
        let badge = if self.state.chance(14) {
            self.state.range(1, 48).to_string()
        } else {
            String::new()
        };
        if !item.children.is_empty() && !current {
            return nav_group(&self.ui, item.label, item.icon, false, Flags::NONE);
        }
        nav_link(
            &self.ui,
            NavLink {
                label: item.label,
                icon: item.icon,
                current,
                badge: &badge,
                ..NavLink::default()
            },
        )
    }

    /// The main part of a page: takes the remaining room and is cut off at its edges.
    pub(super) fn main(&self, gap: f32, kids: Vec<Node>) -> Node {
        let narrow = self.narrow();
        let (x, y) = if narrow {
            (16.0, 16.0)
        } else {
            (self.ui.space(7.0), self.ui.space(6.0))
        };
        let mut n = column(self.ui.space(gap), kids).pad(x, y).share(1.0);
        n.style.min_height = Length::Px(0.0);
        landmark(n, Tag::Main, "main", "")
    }

    /// Side by side, as high as they can be: frame and content below a bar.
    pub(super) fn body(&self, kids: Vec<Node>) -> Node {
        let mut n = row(0.0, kids).align(Align::Stretch).share(1.0);
        n.style.min_height = Length::Px(0.0);
        n
    }
}
