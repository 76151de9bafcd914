//! What is bought: items, quantities, totals, and how they are listed.

use super::Screen;
use crate::base::rng::Stream;
use crate::generate::content::{Content, Domain, picture_of};
use crate::generate::plan::{Align, Node, Tag, TextAlign};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Field, FieldKind, Mood, Select, Size, badge, block, body_text, button,
    button_with, card, column, divider, field, heading, icon_button, muted, row, select_with,
    small_link, spacer, wrap_row,
};

/// One line of the basket.
#[derive(Clone, Debug)]
pub(super) struct Item {
    name: String,
    variant: String,
    picture: &'static str,
    quantity: u32,
    cents: u64,
}

/// Everything that is bought.
#[derive(Clone, Debug)]
pub(super) struct Basket {
    items: Vec<Item>,
    shipping: u64,
    discount: u64,
}

impl Basket {
    pub(super) fn draw(content: &Content, shop: &Domain, target: u32, s: &mut Stream) -> Self {
        let mut items: Vec<Item> = Vec::new();
        let n = if target >= 22 { 7 } else { s.range(1, 5) };
        for _ in 0..n {
            let name = content.fill(s, &shop.words, "{adj} {noun}");
            if items.iter().any(|i| i.name == name) {
                continue;
            }
            items.push(Item {
                picture: picture_of(&name).unwrap_or("product"),
                name,
                variant: content.fill(s, &shop.words, "{kind}"),
                quantity: [1, 1, 1, 2, 3][s.below(5)],
                cents: content.price_cents(s, 690, 18_900),
            });
        }
        let shipping = [0, 0, 490, 990][s.below(4)];
        let discount = if s.chance(25) { items[0].cents / 10 } else { 0 };
        Self {
            items,
            shipping,
            discount,
        }
    }

    pub(super) fn count(&self) -> u32 {
        self.items.iter().map(|i| i.quantity).sum()
    }

    pub(super) fn discounted(&self) -> bool {
        self.discount > 0
    }

    fn subtotal(&self) -> u64 {
        self.items
            .iter()
            .map(|i| i.cents * u64::from(i.quantity))
            .sum()
    }

    pub(super) fn total(&self, content: &Content) -> String {
        content.money(self.subtotal() + self.shipping - self.discount.min(self.subtotal()))
    }
}

impl Screen<'_> {
    fn picture(&self, icon: &str, side: f32) -> Node {
        let t = self.ui.theme;
        row(
            0.0,
            vec![self.ui.icon(icon, side * 0.5, t.colors.on_primary_soft)],
        )
        .justify(Align::Center)
        .size(side, side)
        .radius(t.radius.control)
        .bg(t.colors.primary_soft)
    }

    /// Rows "label … amount".
    fn amounts(&self) -> Vec<Node> {
        let ui = self.ui;
        let c = &ui.theme.colors;
        let line = |label: &str, amount: &str, role, color| {
            row(
                ui.space(3.0),
                vec![
                    body_text(ui, role, color, label),
                    spacer(),
                    body_text(ui, role, color, amount).nowrap().rigid(),
                ],
            )
        };
        let m = |v| self.content.money(v);
        let b = &self.basket;
        let mut out = vec![line("Subtotal", &m(b.subtotal()), TextRole::Small, c.muted)];
        if b.discount > 0 {
            out.push(line(
                "Discount",
                &format!("–{}", m(b.discount)),
                TextRole::Small,
                c.success.text,
            ));
        }
        let shipping = if b.shipping == 0 {
            "Free".into()
        } else {
            m(b.shipping)
        };
        out.push(line("Delivery", &shipping, TextRole::Small, c.muted));
        out.push(divider(ui));
        out.push(line("Total", &b.total(self.content), TextRole::H3, c.text));
        out
    }

    fn promo(&mut self, s: &mut Stream) -> Option<Node> {
        let ui = self.ui;
        let label = *s.pick(&["Promo code", "Gift card or code", "Discount code"]);
        if self.any() && s.chance(55) && self.budget.take(2, 60.0) {
            let typed = self.basket.discount > 0;
            return Some(row(
                ui.space(2.0),
                vec![
                    field(
                        ui,
                        Field {
                            label,
                            placeholder: label,
                            value: if typed { "SPRING10" } else { "" },
                            hide_label: true,
                            ..Field::default()
                        },
                    )
                    .grow(1.0),
                    button(ui, ButtonKind::Outline, "Apply")
                        .rigid()
                        .purpose("apply the promo code"),
                ],
            ));
        }
        (self.any() && s.chance(40) && self.budget.take(1, 30.0))
            .then(|| self.link_row("Add a promo code"))
    }

    /// Items and totals in a card; with `pay`, the button that finishes the order.
    pub(super) fn summary(&mut self, s: &mut Stream, pay: bool) -> Node {
        let ui = self.ui;
        let c = &ui.theme.colors;
        if pay {
            self.budget.pay(1, 64.0);
        }
        self.budget.pay(0, 190.0);
        let mut head = vec![heading(ui, 2, "Order summary").grow(1.0)];
        if self.any() && s.chance(40) && self.budget.take(1, 0.0) {
            head.push(small_link(ui, "Edit basket").nowrap());
        }
        let mut kids = vec![row(ui.space(2.0), head)];
        let room = ((self.ctx.viewport.height_px as f32 - 400.0) / 64.0).max(1.0) as usize;
        let removable = self.any() && s.chance(30) && self.budget.elements >= 10;
        for item in self.basket.items.iter().take(room) {
            let mut words = vec![
                body_text(ui, TextRole::Small, c.text, &item.name).weight(500),
                muted(ui, &format!("{} × {}", item.variant, item.quantity)),
            ];
            if removable && self.budget.elements > 6 {
                self.budget.pay(1, 0.0);
                words.push(block(vec![
                    small_link(ui, "Remove").purpose(&format!("remove {}", item.name)),
                ]));
            }
            kids.push(
                row(
                    ui.space(3.0),
                    vec![
                        self.picture(item.picture, 44.0),
                        column(0.0, words).grow(1.0),
                        body_text(
                            ui,
                            TextRole::Small,
                            c.text,
                            &self.content.money(item.cents * u64::from(item.quantity)),
                        )
                        .nowrap()
                        .rigid(),
                    ],
                )
                .group(&item.name),
            );
        }
        let more = self.basket.items.len().saturating_sub(room);
        if more > 0 {
            kids.push(muted(ui, &format!("and {more} more")));
        }
        kids.push(divider(ui));
        kids.extend(self.promo(s));
        kids.extend(self.amounts());
        if pay {
            kids.extend(self.assurance(s));
            kids.push(self.pay_button(s));
            kids.push(self.small_print(s));
        }
        let n = card(ui, 3.0, kids).tag(Tag::Aside);
        let n = if self.any() && s.chance(30) && ui.theme.card.border == 0.0 {
            n.bg(c.surface)
        } else {
            n
        };
        n.group("Order summary")
    }

    /// Totals with the button to the checkout.
    pub(super) fn totals_card(&mut self, s: &mut Stream) -> Node {
        let ui = self.ui;
        let mut kids = vec![heading(ui, 2, "Summary")];
        kids.extend(self.promo(s));
        kids.extend(self.amounts());
        kids.push(button_with(
            ui,
            Button {
                label: s.pick::<&str>(&["Go to checkout", "Checkout", "Continue to checkout"]),
                kind: ButtonKind::Primary,
                size: Size::Large,
                icon_end: s.chance(40).then_some("forward"),
                full: true,
                ..Button::default()
            },
        ));
        if self.any() && s.chance(50) && self.budget.take(1, 50.0) {
            kids.push(button_with(
                ui,
                Button {
                    label: "Express checkout",
                    kind: ButtonKind::Outline,
                    icon: Some("fast"),
                    full: true,
                    ..Button::default()
                },
            ));
        }
        kids.push(self.small_print(s));
        card(ui, 3.0, kids).tag(Tag::Aside).group("Summary")
    }

    /// The items with quantities and actions.
    pub(super) fn item_list(&mut self, s: &mut Stream) -> Node {
        let ui = self.ui;
        let c = &ui.theme.colors;
        let narrow = self.width() < 520.0;
        // Quantity as a number field (3 targets) or a select (1).
        let number = s.chance(65);
        let wish = s.chance(55);
        let mut rows = Vec::new();
        // Only what can be shown with its tools is in the basket.
        let each = if number { 4 } else { 2 } + i32::from(wish);
        let most = (self.budget.elements / each).max(1) as usize;
        self.basket.items.truncate(most);
        let items = self.basket.items.clone();
        for (i, item) in items.iter().enumerate() {
            let price = self.content.money(item.cents * u64::from(item.quantity));
            let quantity = item.quantity.to_string();
            let number = number && self.budget.take(3, 0.0);
            let quantity = if number {
                field(
                    ui,
                    Field {
                        label: "Quantity",
                        kind: FieldKind::Number {
                            min: 1.0,
                            max: 20.0,
                        },
                        value: &quantity,
                        hide_label: true,
                        size: Size::Small,
                        ..Field::default()
                    },
                )
                .width(if ui.theme.field.pad > 12.0 {
                    136.0
                } else {
                    116.0
                })
                .rigid()
            } else if self.budget.take(1, 0.0) {
                select_with(
                    ui,
                    Select {
                        label: "Quantity",
                        value: &quantity,
                        hide_label: true,
                        size: Size::Small,
                        ..Select::default()
                    },
                )
                .width(84.0)
                .rigid()
            } else {
                muted(ui, &format!("Quantity {quantity}"))
            };
            let mut tools = vec![quantity];
            if self.budget.take(1, 0.0) {
                tools.push(
                    icon_button(ui, "delete", &format!("Remove {}", item.name), Size::Small)
                        .purpose(&format!("remove {} from the basket", item.name)),
                );
            }
            if wish && self.budget.take(1, 0.0) {
                tools.push(icon_button(
                    ui,
                    "like",
                    &format!("Save {} for later", item.name),
                    Size::Small,
                ));
            }
            let mut words = vec![
                body_text(ui, TextRole::Body, c.text, &item.name).weight(500),
                muted(ui, &item.variant),
            ];
            if s.chance(35) {
                let (text, mood) = *s.pick(&[
                    ("In stock", Mood::Success),
                    ("Only 2 left", Mood::Warning),
                    ("Ships tomorrow", Mood::Info),
                ]);
                words.push(row(0.0, vec![badge(ui, text, mood, false)]));
            }
            let tools = wrap_row(ui.space(2.0), tools).rigid();
            let price = body_text(ui, TextRole::H4, c.text, &price)
                .nowrap()
                .text_align(TextAlign::End)
                .min_width(if narrow { 0.0 } else { 76.0 })
                .rigid();
            let body = if narrow {
                row(
                    ui.space(3.0),
                    vec![
                        self.picture(item.picture, 56.0),
                        column(
                            ui.space(2.0),
                            vec![
                                column(0.0, words),
                                wrap_row(ui.space(2.0), vec![tools, price]),
                            ],
                        )
                        .grow(1.0),
                    ],
                )
                .align(Align::Start)
            } else {
                row(
                    ui.space(4.0),
                    vec![
                        self.picture(item.picture, 64.0),
                        column(0.0, words).grow(1.0),
                        tools,
                        price,
                    ],
                )
            };
            if i > 0 {
                rows.push(divider(ui));
            }
            rows.push(body.tag(Tag::Li).group(&item.name));
        }
        card(ui, 3.0, rows).tag(Tag::Ul)
    }
}
