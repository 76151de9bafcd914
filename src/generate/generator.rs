//! [`SyntheticUiGenerator`]: any sample of a dataset, alone, in any order.

use std::cell::RefCell;

use crate::base::hash;
use crate::base::rng::Streams;
use crate::error::{Error, Result};
use crate::generate::archetype::{self, ARCHETYPES, Archetype, Compose};
use crate::generate::config::{GenerationConfig, Resolved};
use crate::generate::encode;
use crate::generate::html;
use crate::generate::layout::layout;
use crate::generate::paint::display_list;
use crate::generate::plan::{ColorScheme, Node, Plan, Viewport};
use crate::generate::raster::Rasterizer;
use crate::generate::sample::Sample;
use crate::generate::text::{FAMILIES, TextEngine};
use crate::generate::theme::{self, THEMES};
use crate::generate::truth::{TrueElement, Truth, truth};

/// Attempts with the drawn archetype before another one may be drawn.
const SAME_ARCHETYPE_ATTEMPTS: u32 = 16;
/// Attempts in all to meet the configured element count.
const ATTEMPTS: u32 = 48;

/// Makes the samples of one dataset. Sample *i* depends on the configuration, the seed, *i* and
/// the generator version, and on nothing else: clones, other threads, other platforms and any
/// order of calls give the same bytes.
///
/// # Examples
/// ```
/// use screensmith::{GenerationConfig, SyntheticUiGenerator};
/// let generator = SyntheticUiGenerator::new(GenerationConfig {
///     num_samples: 2,
///     seed: Some(7),
///     ..Default::default()
/// })?;
/// let sample = generator.sample(1)?;
/// assert_eq!(sample.image.unwrap().width, 1280);
/// # Ok::<(), screensmith::Error>(())
/// ```
#[derive(Debug)]
pub struct SyntheticUiGenerator {
    resolved: Resolved,
    tools: RefCell<Tools>,
}

/// Caches that make samples faster and never different.
#[derive(Debug, Default)]
struct Tools {
    text: TextEngine,
    raster: Rasterizer,
}

impl Clone for SyntheticUiGenerator {
    /// The same dataset, with empty caches.
    fn clone(&self) -> Self {
        Self {
            resolved: self.resolved.clone(),
            tools: RefCell::default(),
        }
    }
}

/// A plan whose element count was checked, with what was needed to count.
struct Drawn {
    plan: Plan,
    list: crate::generate::paint::DisplayList,
    truth: Truth,
}

impl SyntheticUiGenerator {
    /// A generator for `config`. A missing seed is drawn now and recorded in
    /// [`config`](Self::config).
    ///
    /// # Errors
    /// The first problem of [`GenerationConfig::validate`].
    pub fn new(config: GenerationConfig) -> Result<Self> {
        Ok(Self {
            resolved: config.resolve()?,
            tools: RefCell::default(),
        })
    }

    /// The configuration, with its seed.
    pub fn config(&self) -> &GenerationConfig {
        self.resolved.config()
    }

    /// The seed of the dataset.
    pub fn seed(&self) -> u64 {
        self.resolved.seed()
    }

    /// The plan of sample `index`: everything that is random about it.
    ///
    /// # Errors
    /// As [`sample`](Self::sample).
    pub fn plan(&self, index: u64) -> Result<Plan> {
        Ok(self.draw(index, &mut self.tools.borrow_mut().text)?.plan)
    }

    /// Sample `index`, complete. Indices may lie beyond `num_samples`: the dataset only grows.
    ///
    /// # Errors
    /// `element_count_unreachable` when no screen of the chosen types has a number of interactive
    /// elements within the configured range at the drawn viewport.
    pub fn sample(&self, index: u64) -> Result<Sample> {
        let tools = &mut *self.tools.borrow_mut();
        let Drawn {
            plan,
            list,
            mut truth,
        } = self.draw(index, &mut tools.text)?;
        let page = html::html(&plan);
        for e in &mut truth.elements {
            if let Some(at) = page.locators.get(&e.id) {
                e.selector.clone_from(&at.selector);
                e.xpath.clone_from(&at.xpath);
            }
        }
        let config = self.config();
        let image = if config.include_screenshots {
            let rgb = tools.raster.render(&list);
            let image = encode::encode(
                &rgb,
                list.width,
                list.height,
                config.image_format,
                config.jpeg_quality,
            );
            tools.raster.recycle(rgb);
            Some(image?)
        } else {
            None
        };
        // All that leaves the generator; the plan is in it as the page.
        let fingerprint = hash::fingerprint([
            page.html.as_bytes(),
            &serde_json::to_vec(&truth)?[..],
            image.as_ref().map_or(&[][..], |i| &i.bytes),
        ]);
        Ok(Sample {
            index,
            layout_id: layout_id(&plan),
            plan,
            html: page.html,
            truth,
            image,
            fingerprint,
        })
    }

    /// The seed document's name for [`sample`](Self::sample).
    ///
    /// # Errors
    /// As [`sample`](Self::sample).
    pub fn generate_layout(&self, index: u64) -> Result<Sample> {
        self.sample(index)
    }

    /// All `num_samples` samples at once. For large datasets take [`iter`](Self::iter), which
    /// holds one at a time.
    ///
    /// # Errors
    /// As [`sample`](Self::sample), for the first sample that fails.
    pub fn generate_batch(&self) -> Result<Vec<Sample>> {
        self.iter().collect()
    }

    /// The samples in order, made one by one.
    pub fn iter(&self) -> impl Iterator<Item = Result<Sample>> + '_ {
        (0..self.config().num_samples).map(|i| self.sample(i))
    }

    fn draw(&self, index: u64, text: &mut TextEngine) -> Result<Drawn> {
        let config = self.config();
        let base = Streams::new(self.seed(), index);
        let [width_px, height_px] = *base.stream("viewport").pick(self.resolved.viewports());
        let viewport = Viewport {
            width_px,
            height_px,
            device_scale: *base.stream("device_scale").pick(&config.device_scales),
        };
        let color_scheme = if config.randomize_styles {
            *base
                .stream("color_scheme")
                .pick(if config.color_schemes.is_empty() {
                    &[ColorScheme::Light, ColorScheme::Dark]
                } else {
                    &config.color_schemes[..]
                })
        } else {
            config.color_schemes.first().copied().unwrap_or_default()
        };
        let family = if config.themes.is_empty() {
            if config.randomize_styles {
                *base.stream("theme").pick(THEMES)
            } else {
                THEMES[0]
            }
        } else if config.randomize_styles {
            theme::get(base.stream("theme").pick(&config.themes).as_str()).unwrap_or(THEMES[0])
        } else {
            theme::get(&config.themes[0]).unwrap_or(THEMES[0])
        };
        let mut variation = base.stream("theme_variation");
        let theme = family.resolve(
            color_scheme,
            config.randomize_styles.then_some(&mut variation),
        );
        let sans: Vec<&str> = FAMILIES
            .iter()
            .filter(|f| !f.monospace)
            .map(|f| f.id)
            .collect();
        let sans_family = if config.randomize_styles {
            *base.stream("font").pick(&sans)
        } else {
            sans[0]
        };
        let range = (config.min_elements, config.max_elements);
        let mut nearest = 0;
        let mut spare = None;
        for attempt in 0..ATTEMPTS {
            let streams = base.attempt(attempt);
            let kind = if attempt < SAME_ARCHETYPE_ATTEMPTS {
                base.stream("archetype")
            } else {
                streams.stream("archetype")
            }
            .pick(&config.ui_types)
            .clone();
            let archetype = find(&kind)?;
            let composed = archetype.compose(&Compose {
                streams,
                theme: &theme,
                viewport,
                target_elements: streams
                    .stream("target_elements")
                    .range(i64::from(range.0), i64::from(range.1))
                    as u32,
                element_range: range,
                randomize_layout: config.randomize_layout,
            });
            let plan = Plan {
                seed: self.seed(),
                index,
                archetype: kind,
                title: composed.title,
                theme: theme.id.to_owned(),
                color_scheme,
                locale: "en-US".to_owned(),
                viewport,
                sans_family: sans_family.to_owned(),
                canvas: theme.colors.canvas,
                root: composed.root,
            };
            let boxes = layout(&plan, text)?;
            let list = display_list(&plan, &boxes);
            // Selectors are filled in for the screen that is kept.
            let truth = truth(&plan, &boxes, &list, |_| Default::default());
            let count = truth.elements.iter().filter(|e| e.askable()).count() as u32;
            if (range.0..=range.1).contains(&count) {
                let drawn = Drawn { plan, list, truth };
                if !betrays_itself(&drawn.truth, width_px) {
                    return Ok(drawn);
                }
                spare.get_or_insert(drawn);
            }
            let distance = |c: u32| range.0.saturating_sub(c).max(c.saturating_sub(range.1));
            if attempt == 0 || distance(count) < distance(nearest) {
                nearest = count;
            }
        }
        // Where nothing better fits (a screen of 240 px), what fits at all.
        if let Some(drawn) = spare {
            return Ok(drawn);
        }
        Err(Error::caller(
            "element_count_unreachable",
            format!(
                "sample {index}: no screen with {} to {} interactive elements was found at {width_px}×{height_px} in {ATTEMPTS} attempts; the nearest had {nearest}",
                range.0, range.1
            ),
        )
        .at("min_elements")
        .hint("widen min_elements and max_elements, choose more ui_types, or a larger viewport"))
    }
}

/// Whether a screen shows what no browser and no designer would: two places with the focus, or
/// a control that the left or right edge cuts.
fn betrays_itself(truth: &Truth, width_px: u32) -> bool {
    let focused = truth.elements.iter().filter(|e| e.state.focused).count();
    let cut = |e: &&TrueElement| {
        let b = &e.bounds;
        e.askable() && (b.x < 0 || i64::from(b.x) + i64::from(b.width) > i64::from(width_px))
    };
    focused > 1 || truth.elements.iter().any(|e| cut(&e))
}

fn find(id: &str) -> Result<&'static dyn Archetype> {
    ARCHETYPES
        .iter()
        .copied()
        .find(|a| a.id() == id)
        .ok_or_else(|| {
            Error::caller("ui_types_unknown", format!("{id:?} is not known"))
                .at("ui_types")
                .hint(archetype::ids().collect::<Vec<_>>().join(", "))
        })
}

/// Name of a plan's structure: archetype and 12 hex digits over its tree of tags and widgets,
/// without texts, colours and sizes.
pub fn layout_id(plan: &Plan) -> String {
    fn write(node: &Node, out: &mut String) {
        out.push_str(node.tag.name());
        if let Some(e) = &node.element {
            out.push('.');
            out.push_str(&e.widget);
            out.push('.');
            out.push_str(&e.role);
        }
        out.push('(');
        for c in &node.children {
            write(c, out);
        }
        out.push(')');
    }
    let mut tree = String::new();
    write(&plan.root, &mut tree);
    let print = hash::fingerprint([plan.archetype.as_bytes(), tree.as_bytes()]);
    format!("{}-{}", plan.archetype, &print[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator(config: GenerationConfig) -> SyntheticUiGenerator {
        SyntheticUiGenerator::new(GenerationConfig {
            seed: Some(7),
            ..config
        })
        .unwrap()
    }

    #[test]
    fn any_order_and_any_clone_give_the_same_samples() {
        let a = generator(GenerationConfig::default());
        let b = a.clone();
        let forward: Vec<String> = (0..6).map(|i| a.sample(i).unwrap().fingerprint).collect();
        let mut backward: Vec<String> = (0..6)
            .rev()
            .map(|i| b.sample(i).unwrap().fingerprint)
            .collect();
        backward.reverse();
        assert_eq!(forward, backward);
    }

    #[test]
    fn the_element_range_is_kept() {
        for (min, max) in [(5, 20), (3, 6), (20, 30)] {
            let g = generator(GenerationConfig {
                min_elements: min,
                max_elements: max,
                include_screenshots: false,
                ..GenerationConfig::default()
            });
            for i in 0..40 {
                let s = g.sample(i).unwrap();
                let n = s.truth.elements.iter().filter(|e| e.askable()).count() as u32;
                assert!((min..=max).contains(&n), "sample {i} has {n}");
            }
        }
    }

    #[test]
    fn an_impossible_range_is_an_error_with_a_hint() {
        let g = generator(GenerationConfig {
            min_elements: 499,
            max_elements: 500,
            ..GenerationConfig::default()
        });
        let e = g.sample(0).unwrap_err();
        assert_eq!(e.code(), "element_count_unreachable");
        assert!(e.hint_text().is_some());
    }

    #[test]
    fn switches_hold_the_look_and_the_structure() {
        let g = generator(GenerationConfig {
            randomize_styles: false,
            randomize_layout: false,
            ui_types: vec!["login_form".to_owned()],
            include_screenshots: false,
            ..GenerationConfig::default()
        });
        let plans: Vec<Plan> = (0..12).map(|i| g.plan(i).unwrap()).collect();
        assert!(plans.iter().all(|p| p.theme == plans[0].theme));
        assert!(plans.iter().all(|p| p.color_scheme == ColorScheme::Light));
        assert!(plans.iter().all(|p| p.canvas == plans[0].canvas));
        let free = generator(GenerationConfig {
            ui_types: vec!["login_form".to_owned()],
            include_screenshots: false,
            ..GenerationConfig::default()
        });
        let distinct = |plans: &[Plan]| {
            plans
                .iter()
                .map(layout_id)
                .collect::<std::collections::BTreeSet<_>>()
                .len()
        };
        let varied: Vec<Plan> = (0..12).map(|i| free.plan(i).unwrap()).collect();
        assert!(distinct(&plans) < distinct(&varied));
    }

    #[test]
    fn a_missing_seed_is_drawn_once_and_recorded() {
        let g = SyntheticUiGenerator::new(GenerationConfig::default()).unwrap();
        let seed = g.config().seed.unwrap();
        assert!(seed <= crate::base::limits::MAX_SEED);
        let again = SyntheticUiGenerator::new(g.config().clone()).unwrap();
        assert_eq!(
            g.sample(0).unwrap().fingerprint,
            again.sample(0).unwrap().fingerprint
        );
    }
}
