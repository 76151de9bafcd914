//! The configuration as a form: what the user typed, also while it is wrong.

use crate::base::json::object;
use crate::generate::config::{GenerationConfig, ImageFormat};
use crate::generate::plan::ColorScheme;
use crate::problem::Problem;

/// Sizes offered by name: title, width, height in CSS pixels.
pub const VIEWPORTS: [(&str, u32, u32); 4] = [
    ("HD", 1280, 720),
    ("Laptop", 1366, 768),
    ("Full HD", 1920, 1080),
    ("Phone", 390, 844),
];

/// Device scales offered.
pub const SCALES: [f32; 5] = [1.0, 1.25, 1.5, 2.0, 3.0];

/// Every field of [`GenerationConfig`] as its control holds it. Numbers are text, so that what
/// was typed stays on the screen when it cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigForm {
    /// `num_samples`.
    pub count: String,
    /// `ui_types`.
    pub ui_types: Vec<String>,
    /// `min_elements`.
    pub min_elements: String,
    /// `max_elements`.
    pub max_elements: String,
    /// `randomize_styles`.
    pub randomize_styles: bool,
    /// `randomize_layout`.
    pub randomize_layout: bool,
    /// Chosen entries of [`VIEWPORTS`].
    pub presets: Vec<[u32; 2]>,
    /// Sizes beyond the presets: `1440×900, 800×600`.
    pub other_sizes: String,
    /// `device_scales`.
    pub scales: Vec<f32>,
    /// `themes`; empty is all.
    pub themes: Vec<String>,
    /// `color_schemes`; empty is both.
    pub schemes: Vec<ColorScheme>,
    /// `include_screenshots`.
    pub screenshots: bool,
    /// `image_format`.
    pub image_format: ImageFormat,
    /// `jpeg_quality`.
    pub jpeg_quality: String,
    /// `seed`; empty is a new one for each dataset.
    pub seed: String,
}

impl From<&GenerationConfig> for ConfigForm {
    fn from(c: &GenerationConfig) -> Self {
        let sizes = if c.viewports.is_empty() {
            vec![[c.screenshot_width, c.screenshot_height]]
        } else {
            c.viewports.clone()
        };
        let (presets, other): (Vec<_>, Vec<_>) = sizes
            .into_iter()
            .partition(|s| VIEWPORTS.iter().any(|v| [v.1, v.2] == *s));
        Self {
            count: c.num_samples.to_string(),
            ui_types: c.ui_types.clone(),
            min_elements: c.min_elements.to_string(),
            max_elements: c.max_elements.to_string(),
            randomize_styles: c.randomize_styles,
            randomize_layout: c.randomize_layout,
            presets,
            other_sizes: other
                .iter()
                .map(|[w, h]| format!("{w}×{h}"))
                .collect::<Vec<_>>()
                .join(", "),
            scales: c.device_scales.clone(),
            themes: c.themes.clone(),
            schemes: c.color_schemes.clone(),
            screenshots: c.include_screenshots,
            image_format: c.image_format,
            jpeg_quality: c.jpeg_quality.to_string(),
            seed: c.seed.map(|s| s.to_string()).unwrap_or_default(),
        }
    }
}

impl ConfigForm {
    /// The configuration, when every field can be used.
    ///
    /// # Errors
    /// Everything that is wrong, with the path of the field.
    pub fn parse(&self) -> Result<GenerationConfig, Vec<Problem>> {
        let mut problems = Vec::new();
        let seed = match self.seed.trim() {
            "" => None,
            s => number(&mut problems, "seed", s),
        };
        let mut sizes = self.presets.clone();
        match parse_sizes(&self.other_sizes) {
            Ok(more) => sizes.extend(more.into_iter().filter(|s| !self.presets.contains(s))),
            Err(p) => problems.push(p),
        }
        if sizes.is_empty() && problems.iter().all(|p| p.path != "viewports") {
            problems.push(
                Problem::error("viewports_empty", "viewports", "no screen size is chosen")
                    .hint("choose one, or type a size such as 1440×900"),
            );
        }
        let default = GenerationConfig::default();
        // One size is the seed's pair of fields; several are a list.
        let ([width, height], viewports) = match sizes.as_slice() {
            [one] => (*one, Vec::new()),
            _ => ([default.screenshot_width, default.screenshot_height], sizes),
        };
        let config = GenerationConfig {
            num_samples: number(&mut problems, "num_samples", &self.count).unwrap_or(0),
            ui_types: self.ui_types.clone(),
            min_elements: number(&mut problems, "min_elements", &self.min_elements).unwrap_or(1),
            max_elements: number(&mut problems, "max_elements", &self.max_elements)
                .unwrap_or(crate::base::limits::MAX_ELEMENTS),
            randomize_styles: self.randomize_styles,
            randomize_layout: self.randomize_layout,
            screenshot_width: width,
            screenshot_height: height,
            viewports,
            device_scales: self.scales.clone(),
            themes: self.themes.clone(),
            color_schemes: self.schemes.clone(),
            include_screenshots: self.screenshots,
            image_format: self.image_format,
            jpeg_quality: number(&mut problems, "jpeg_quality", &self.jpeg_quality)
                .unwrap_or(default.jpeg_quality),
            seed,
        };
        problems.extend(config.validate());
        if problems.iter().any(Problem::is_error) {
            Err(problems)
        } else {
            Ok(config)
        }
    }
}

fn number<T: std::str::FromStr>(out: &mut Vec<Problem>, path: &str, text: &str) -> Option<T> {
    let plain: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, ',' | '_' | ' '))
        .collect();
    let parsed = plain.parse().ok();
    if parsed.is_none() {
        out.push(
            Problem::error(
                "not_a_number",
                path,
                if plain.is_empty() {
                    "nothing is given".to_owned()
                } else {
                    format!("“{}” is not a whole number that fits here", text.trim())
                },
            )
            .hint("digits only"),
        );
    }
    parsed
}

/// Reads `1440×900, 800x600`.
fn parse_sizes(text: &str) -> Result<Vec<[u32; 2]>, Problem> {
    let mut out = Vec::new();
    for part in text
        .split([',', ';'])
        .map(str::trim)
        .filter(|p| !p.is_empty())
    {
        let sides = part.split_once(['×', 'x', 'X', '*']);
        let side = |s: &str| s.trim().parse::<u32>().ok();
        match sides.and_then(|(w, h)| Some([side(w)?, side(h)?])) {
            Some(size) if !out.contains(&size) => out.push(size),
            Some(_) => {}
            None => {
                return Err(Problem::error(
                    "not_a_size",
                    "viewports",
                    format!("“{part}” is not a size"),
                )
                .hint("write width×height in CSS pixels, such as 1440×900"));
            }
        }
    }
    Ok(out)
}

/// Problems at `field` or inside it (`viewports[0][1]`).
pub fn problems_at<'a>(
    problems: &'a [Problem],
    field: &'a str,
) -> impl Iterator<Item = &'a Problem> {
    problems.iter().filter(move |p| {
        p.path
            .strip_prefix(field)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
    })
}

/// A configuration from JSON text.
///
/// # Errors
/// What is wrong: the place in the text, or the field.
pub fn parse_json(text: &str) -> Result<GenerationConfig, Vec<Problem>> {
    let config: GenerationConfig = object(text.as_bytes()).map_err(|e| {
        let place = match (e.line(), e.column()) {
            (0, _) => String::new(),
            (line, column) => format!("line {line}, column {column}"),
        };
        // The place stands before the message, and need not be told twice.
        let text = e.to_string();
        let end = format!(" at line {} column {}", e.line(), e.column());
        let text = text.strip_suffix(&end).unwrap_or(&text);
        vec![Problem::error("json", place, text).hint("fields and values are those of the form")]
    })?;
    let problems = config.validate();
    if problems.iter().any(Problem::is_error) {
        Err(problems)
    } else {
        Ok(config)
    }
}

/// Puts `item` in when it is not there, takes it out when it is; keeps the order of `all`.
pub fn toggle<T: PartialEq + Clone>(chosen: &mut Vec<T>, item: &T, all: &[T]) {
    if let Some(i) = chosen.iter().position(|c| c == item) {
        chosen.remove(i);
        return;
    }
    chosen.push(item.clone());
    let place = |x: &T| all.iter().position(|a| a == x).unwrap_or(usize::MAX);
    chosen.sort_by_key(place);
}

/// How many fields differ from the defaults; a seed does not count.
pub fn changed(config: &GenerationConfig) -> usize {
    let plain = |c: &GenerationConfig| {
        let mut c = c.clone();
        c.seed = None;
        match serde_json::to_value(c) {
            Ok(serde_json::Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        }
    };
    let (a, b) = (plain(config), plain(&GenerationConfig::default()));
    a.iter().filter(|(k, v)| b.get(*k) != Some(v)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ConfigForm {
        ConfigForm::from(&GenerationConfig {
            ui_types: vec!["x".into()],
            ..Default::default()
        })
    }

    fn codes(f: &ConfigForm) -> Vec<(String, String)> {
        f.parse()
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|p| (p.path, p.code.into_owned()))
            .collect()
    }

    #[test]
    fn a_configuration_survives_the_form() {
        for c in [
            GenerationConfig::default(),
            GenerationConfig {
                num_samples: 12_345,
                viewports: vec![[390, 844], [1440, 900]],
                device_scales: vec![1.0, 2.0],
                color_schemes: vec![ColorScheme::Dark],
                image_format: ImageFormat::Jpeg,
                jpeg_quality: 71,
                seed: Some(9_007_199_254_740_991),
                ..GenerationConfig::default()
            },
            GenerationConfig {
                screenshot_width: 1001,
                ..GenerationConfig::default()
            },
        ] {
            match ConfigForm::from(&c).parse() {
                Ok(back) => assert_eq!(back, c),
                // Screen types are checked against what is compiled in.
                Err(p) => assert!(p.iter().all(|p| p.path.starts_with("ui_types")), "{p:?}"),
            }
        }
    }

    #[test]
    fn what_was_typed_is_answered_at_its_field() {
        let mut f = form();
        f.count = "many".into();
        f.seed = "-1".into();
        f.other_sizes = "12 by 9".into();
        let c = codes(&f);
        for (path, code) in [
            ("num_samples", "not_a_number"),
            ("seed", "not_a_number"),
            ("viewports", "not_a_size"),
        ] {
            assert!(c.contains(&(path.into(), code.into())), "{c:?}");
        }
        let mut f = form();
        f.presets.clear();
        assert!(codes(&f).contains(&("viewports".into(), "viewports_empty".into())));
        let mut f = form();
        f.count = "1,000".into();
        f.other_sizes = "1440x900; 1440×900".into();
        assert!(codes(&f).iter().all(|(p, _)| p.starts_with("ui_types")));
        f.min_elements = "30".into();
        assert!(codes(&f).contains(&("min_elements".into(), "elements_range".into())));
    }

    #[test]
    fn problems_are_found_by_field() {
        let p = vec![
            Problem::error("a", "viewports[0][1]", ""),
            Problem::error("b", "viewports", ""),
            Problem::error("c", "viewports_more", ""),
        ];
        assert_eq!(problems_at(&p, "viewports").count(), 2);
    }

    #[test]
    fn json_errors_name_their_place() {
        let p = parse_json("{\n \"num_samplez\": 1}").unwrap_err();
        assert_eq!(p[0].path, "line 2, column 14");
        assert!(p[0].message.contains("num_samplez"), "{p:?}");
        assert!(!p[0].message.contains("at line"), "{p:?}");
    }

    #[test]
    fn only_an_object_is_a_configuration() {
        for text in ["[3]", " [\n]", "3", "\"x\"", "null", "", "[3"] {
            assert_eq!(parse_json(text).unwrap_err()[0].code, "json", "{text}");
        }
    }

    #[test]
    fn toggling_keeps_the_order() {
        let all = ["a", "b", "c"];
        let mut chosen = vec!["c"];
        toggle(&mut chosen, &"a", &all);
        assert_eq!(chosen, ["a", "c"]);
        toggle(&mut chosen, &"c", &all);
        assert_eq!(chosen, ["a"]);
    }

    #[test]
    fn changed_fields_are_counted() {
        let mut c = GenerationConfig::default();
        assert_eq!(changed(&c), 0);
        c.seed = Some(1);
        c.jpeg_quality = 50;
        assert_eq!(changed(&c), 1);
    }
}
