//! Families of open models and the coordinates they answer in.

use serde::Serialize;

/// Models that answer in the same coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Family {
    /// Name for people.
    pub id: &'static str,
    /// How the last part of a model's id begins, in lower case.
    pub names: &'static [&'static str],
    /// Id of the convention it answers best in.
    pub convention: &'static str,
    /// When this was looked up.
    pub as_of: &'static str,
    /// Where; says so when it is not confirmed by the maker.
    pub source: &'static str,
}

/// Every family.
pub static FAMILIES: &[Family] = &[
    Family {
        id: "Qwen2-VL",
        names: &["qwen2-vl"],
        convention: "thousand",
        as_of: "2026-11-22",
        source: "secondary: discussions of QwenLM/Qwen3-VL",
    },
    Family {
        id: "Qwen2.5-VL",
        names: &["qwen2.5-vl", "qwen2p5-vl"],
        convention: "smart28_full",
        as_of: "2026-11-22",
        source: "github.com/QwenLM/Qwen3-VL qwen-vl-finetune/tools/process_bbox.ipynb",
    },
    Family {
        id: "Qwen3-VL",
        names: &["qwen3-vl"],
        convention: "thousand",
        as_of: "2026-11-22",
        source: "github.com/QwenLM/Qwen3-VL README.md",
    },
    Family {
        id: "Qwen3.5",
        names: &[
            "qwen3.5", "qwen3p5", "qwen3.6", "qwen3p6", "qwen3.8", "qwen3p8",
        ],
        convention: "thousand",
        as_of: "2026-11-22",
        source: "as Qwen3-VL; not confirmed by the maker",
    },
];

/// The family of `model`, by the last part of its id.
///
/// # Examples
/// ```
/// use screensmith::format::family;
/// assert_eq!(family("Qwen/Qwen3-VL-8B-Instruct").unwrap().convention, "thousand");
/// assert!(family("unheard/of").is_none());
/// ```
pub fn family(model: &str) -> Option<&'static Family> {
    let name = model
        .rsplit('/')
        .next()
        .unwrap_or(model)
        .to_ascii_lowercase();
    FAMILIES
        .iter()
        .find(|f| f.names.iter().any(|n| name.starts_with(n)))
}
