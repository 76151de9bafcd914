//! A new job as a form.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::base::time::Timestamp;
use crate::format::FormatOptions;
use crate::job::{FineTuneConfig, Start};
use crate::problem::Problem;
use crate::provider::{
    Hyperparameters, PROVIDERS, ProviderName, ProviderOptions, Scenario, Setting, Simulation,
};

/// Folder of all jobs in this browser.
pub const OUTPUT_DIR: &str = "finetune_runs";

/// Label and hint of every field of a new job, by its path in the configuration.
const FIELDS: [(&str, &str, &str); 20] = [
    ("provider", "Provider", ""),
    ("base_model", "Base model", "the vendor’s id"),
    ("job_name", "Job name", "letters, digits, _ and -"),
    ("register_llm_key", "Registry key", "empty: not registered"),
    ("description", "Description", "optional"),
    ("hyperparameters.n_epochs", "Epochs", AUTO),
    ("hyperparameters.batch_size", "Batch size", AUTO),
    (
        "hyperparameters.learning_rate_multiplier",
        "Learning rate factor",
        AUTO,
    ),
    (
        "provider_options.simulated.speed",
        "Speed",
        "1 takes about 30 seconds",
    ),
    (
        "provider_options.base_url",
        "Address",
        "empty: the vendor’s own; or a proxy or server of yours",
    ),
    (
        "provider_options.storage_url",
        "Address of the storage",
        "empty: the vendor’s own",
    ),
    (
        "provider_options.project",
        "Project",
        "id of the cloud project",
    ),
    (
        "provider_options.location",
        "Region",
        "empty: the vendor’s usual one",
    ),
    (
        "provider_options.bucket",
        "Bucket",
        "its name alone, in the same region",
    ),
    ("provider_options.account", "Account", "id at the vendor"),
    (
        "provider_options.trainer",
        "Trainer",
        "trl, llamafactory, ms_swift, axolotl or unsloth",
    ),
    (
        "provider_options.trainer_url",
        "Address of a trainer",
        "empty: a bundle to train anywhere",
    ),
    (
        "start.at",
        "Not before",
        "UTC, such as 2026-12-01T22:00:00Z; this page must be open then",
    ),
    ("start.after", "Job to wait for", ""),
    ("dataset_path", "Dataset", ""),
];
const AUTO: &str = "auto: the vendor chooses";

/// Label of a field, by its path in the configuration.
pub fn label(path: &str) -> Option<&'static str> {
    field(path).map(|f| f.0)
}

/// Label and hint of a field, by its path in the configuration.
pub fn field(path: &str) -> Option<(&'static str, &'static str)> {
    FIELDS.iter().find(|f| f.0 == path).map(|f| (f.1, f.2))
}

/// A job whose configuration and dataset a new one takes over.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// Its id.
    pub job_id: String,
    /// Its configuration, under the name and the key of the new job.
    pub config: FineTuneConfig,
    /// Samples of its dataset.
    pub samples: u64,
}

/// The fields of a new job; numbers are text, `auto` or empty lets the vendor choose.
#[derive(Clone, Debug, PartialEq)]
pub struct JobForm {
    /// Where to train.
    pub provider: ProviderName,
    /// The model to start from.
    pub base_model: String,
    /// Name of the job.
    pub name: String,
    /// What the user says about it.
    pub description: String,
    /// Registry key of the tuned model; empty: it is not registered.
    pub key: String,
    /// `n_epochs`.
    pub epochs: String,
    /// `batch_size`.
    pub batch_size: String,
    /// `learning_rate_multiplier`.
    pub rate: String,
    /// Practise instead of training.
    pub simulated: bool,
    /// What happens in the practice run.
    pub scenario: Scenario,
    /// How fast the practice run is.
    pub speed: String,
    /// Fields of `provider_options` as text, by name.
    pub settings: BTreeMap<&'static str, String>,
    /// When to start.
    pub start: When,
    /// The time for [`When::At`], UTC.
    pub start_at: String,
    /// The job for [`When::After`].
    pub start_after: String,
    /// What this job is another try of; `None`: over the samples there are.
    pub earlier: Option<Earlier>,
}

/// When a job starts, as a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// When a slot is free.
    WhenFree,
    /// At a time.
    At,
    /// After another job.
    After,
}

impl When {
    /// Every choice with its id and its name.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Now, "now", "Now"),
        (Self::WhenFree, "when_free", "When a slot is free"),
        (Self::At, "at", "At a time"),
        (Self::After, "after", "After another job"),
    ];
}

impl JobForm {
    /// The seed's example for `provider`, with a name and a key that are not taken.
    pub fn new(provider: ProviderName, taken: &dyn Fn(&str) -> bool) -> Self {
        let vendor = provider.vendor();
        let free = |base: &str| {
            let first = (!taken(base)).then(|| base.to_owned());
            first.unwrap_or_else(|| {
                (2..)
                    .map(|n| format!("{base}_{n}"))
                    .find(|n| !taken(n))
                    .unwrap_or_else(|| base.to_owned())
            })
        };
        Self {
            provider,
            base_model: vendor
                .base_models()
                .first()
                .map(|m| m.id.to_owned())
                .unwrap_or_default(),
            name: free("ft_synthetic_demo"),
            description: String::new(),
            key: free(&format!(
                "{}_SYNTHETIC_UI_DEMO",
                provider.id().to_uppercase()
            )),
            epochs: "auto".into(),
            batch_size: "auto".into(),
            rate: "auto".into(),
            simulated: true,
            scenario: Scenario::Success,
            speed: "3".into(),
            settings: BTreeMap::new(),
            start: When::Now,
            start_at: String::new(),
            start_after: String::new(),
            earlier: None,
        }
    }

    /// The form of another try of a job, to be changed.
    pub fn again(earlier: Earlier) -> Self {
        let c = &earlier.config;
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let fields = serde_json::to_value(&c.provider_options).unwrap_or_default();
        let of = |name: &&'static str| Some((*name, fields.get(name)?.as_str()?.to_owned()));
        let practice = c.provider_options.simulated.as_ref();
        let first = Self::new(c.provider, &|_| false);
        Self {
            provider: c.provider,
            base_model: c.base_model.clone(),
            name: text(&c.job_name),
            description: text(&c.description),
            key: text(&c.register_llm_key),
            epochs: shown(c.hyperparameters.n_epochs),
            batch_size: shown(c.hyperparameters.batch_size),
            rate: shown(c.hyperparameters.learning_rate_multiplier),
            simulated: practice.is_some(),
            scenario: practice.map_or(first.scenario, |s| s.scenario),
            speed: practice.map_or(first.speed, |s| s.speed.to_string()),
            settings: c
                .provider
                .vendor()
                .settings()
                .iter()
                .filter_map(of)
                .collect(),
            start: When::Now,
            start_at: String::new(),
            start_after: String::new(),
            earlier: Some(earlier),
        }
    }

    /// The same at another provider: what was typed stays, what was offered becomes the offer
    /// there. A base model belongs to its vendor.
    #[must_use]
    pub fn moved_to(&self, provider: ProviderName, taken: &dyn Fn(&str) -> bool) -> Self {
        let (was, offer) = (Self::new(self.provider, taken), Self::new(provider, taken));
        let mut new = self.clone();
        if new.name == was.name {
            new.name = offer.name;
        }
        if new.key == was.key {
            new.key = offer.key;
        }
        if provider != self.provider {
            new.base_model = offer.base_model;
        }
        new.provider = provider;
        new
    }

    /// Whether the choice between practice and reality is open.
    pub fn can_be_real(&self) -> bool {
        self.provider.vendor().capabilities().real_jobs
    }

    /// The configuration over a dataset, and what was typed that cannot be used; everything else
    /// is found by [`FineTuneConfig::validate`].
    pub fn read(&self, dataset_path: &str, split: f64) -> (FineTuneConfig, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut c = match &self.earlier {
            None => {
                let mut c = FineTuneConfig::new(dataset_path, self.provider, "");
                c.validation_split = split;
                c
            }
            Some(earlier) => earlier.config.clone(),
        };
        if c.provider != self.provider {
            c.provider = self.provider;
            c.hyperparameters = Hyperparameters::default();
            c.provider_options = ProviderOptions::default();
            // Its lines name coordinates and pictures in their own way.
            c.format = FormatOptions {
                tasks: c.format.tasks,
                ..FormatOptions::default()
            };
        }
        c.base_model = self.base_model.trim().to_owned();
        c.output_dir = OUTPUT_DIR.to_owned();
        let text = |s: &str| (!s.trim().is_empty()).then(|| s.trim().to_owned());
        c.job_name = text(&self.name);
        c.description = text(&self.description);
        c.register_llm_key = text(&self.key);
        c.hyperparameters.n_epochs =
            setting(&mut problems, "hyperparameters.n_epochs", &self.epochs);
        c.hyperparameters.batch_size = setting(
            &mut problems,
            "hyperparameters.batch_size",
            &self.batch_size,
        );
        c.hyperparameters.learning_rate_multiplier = setting(
            &mut problems,
            "hyperparameters.learning_rate_multiplier",
            &self.rate,
        );
        let had = c.provider_options.simulated.take();
        match self.options(&c.provider_options) {
            Ok(options) => c.provider_options = options,
            Err(p) => problems.push(p),
        }
        c.start = match self.start {
            When::Now => Start::Now,
            When::WhenFree => Start::WhenFree,
            When::At => match Timestamp::parse(self.start_at.trim()) {
                Some(at) => Start::At(at),
                None => {
                    problems.push(
                        Problem::error("start_at", "start.at", "this is no time")
                            .hint("for example 2026-12-01T22:00:00Z"),
                    );
                    Start::Now
                }
            },
            When::After => Start::After(self.start_after.trim().to_owned()),
        };
        if self.simulated || !self.can_be_real() {
            let speed = self.speed.trim().parse::<f64>();
            if speed.is_err() {
                problems.push(not_a_number(
                    "provider_options.simulated.speed",
                    &self.speed,
                ));
            }
            c.provider_options.simulated = Some(Simulation {
                scenario: self.scenario,
                speed: speed.unwrap_or(1.0),
                ..had.unwrap_or_default()
            });
        }
        (c, problems)
    }
}

impl JobForm {
    /// The settings of a real job, over those it had; a practice run has none.
    fn options(&self, had: &ProviderOptions) -> Result<ProviderOptions, Problem> {
        let mut fields = serde_json::Map::new();
        if !self.simulated && self.can_be_real() {
            if let Ok(Value::Object(had)) = serde_json::to_value(had) {
                fields = had;
            }
            for name in self.provider.vendor().settings() {
                let text = self.settings.get(name).map_or("", |t| t.trim());
                fields.remove(*name);
                if !text.is_empty() {
                    fields.insert((*name).to_owned(), text.into());
                }
            }
        }
        serde_json::from_value(fields.into())
            .map_err(|e| Problem::error("provider_options", "provider_options", e.to_string()))
    }
}

fn shown<T: ToString>(setting: Setting<T>) -> String {
    match setting {
        Setting::Auto => "auto".into(),
        Setting::Value(v) => v.to_string(),
    }
}

fn setting<T: std::str::FromStr>(
    out: &mut Vec<Problem>,
    path: &'static str,
    text: &str,
) -> Setting<T> {
    match text.trim() {
        "" | "auto" => Setting::Auto,
        t => match t.parse() {
            Ok(v) => Setting::Value(v),
            Err(_) => {
                out.push(not_a_number(path, text));
                Setting::Auto
            }
        },
    }
}

fn not_a_number(path: &'static str, text: &str) -> Problem {
    Problem::error(
        "not_a_number",
        path,
        format!("“{}” is no number that fits here", text.trim()),
    )
    .hint("auto lets the vendor choose")
}

/// The provider with this id.
pub fn provider(id: &str) -> Option<ProviderName> {
    PROVIDERS.iter().map(|v| v.name()).find(|n| n.id() == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_offer_of_every_provider_can_be_started() {
        for v in PROVIDERS {
            let f = JobForm::new(v.name(), &|_| false);
            let (c, problems) = f.read("d.jsonl", 0.1);
            assert_eq!(problems, []);
            assert!(c.validate().is_empty(), "{}: {:?}", v.label(), c.validate());
            assert!(c.provider_options.simulated.is_some());
        }
    }

    #[test]
    fn taken_names_get_a_number() {
        let taken = ["ft_synthetic_demo", "ft_synthetic_demo_2"];
        let f = JobForm::new(ProviderName::OpenAi, &|n| taken.contains(&n));
        assert_eq!(f.name, "ft_synthetic_demo_3");
        assert_eq!(f.key, "OPENAI_SYNTHETIC_UI_DEMO");
    }

    #[test]
    fn settings_belong_to_real_jobs() {
        let mut f = JobForm::new(ProviderName::Gemini, &|_| false);
        f.settings.insert("project", " my-project ".into());
        f.start = When::At;
        f.start_at = "2026-12-01T22:00:00Z".into();
        let c = f.read("d", 0.1).0;
        assert_eq!(c.provider_options.project, None);
        assert!(matches!(c.start, Start::At(_)));
        f.simulated = false;
        let c = f.read("d", 0.1).0;
        assert_eq!(c.provider_options.project.as_deref(), Some("my-project"));
        assert!(c.provider_options.simulated.is_none());
        f.start_at = "tomorrow".into();
        assert_eq!(f.read("d", 0.1).1[0].code, "start_at");
    }

    #[test]
    fn another_provider_keeps_what_was_typed() {
        let taken = |n: &str| n == "ft_synthetic_demo";
        let mut f = JobForm::new(ProviderName::OpenAi, &taken);
        f.description = "mine".into();
        f.epochs = "3".into();
        f.start = When::WhenFree;
        let g = f.moved_to(ProviderName::Gemini, &taken);
        assert_eq!(g.provider, ProviderName::Gemini);
        assert_eq!(
            (g.name.as_str(), g.key.as_str()),
            ("ft_synthetic_demo_2", "GEMINI_SYNTHETIC_UI_DEMO")
        );
        assert_eq!(
            g.base_model,
            JobForm::new(ProviderName::Gemini, &taken).base_model
        );
        assert_eq!(
            (g.description.as_str(), g.epochs.as_str(), g.start),
            ("mine", "3", When::WhenFree)
        );
        let mut f = g;
        f.name = "my_name".into();
        f.key = "MY_KEY".into();
        let back = f.moved_to(ProviderName::OpenAi, &taken);
        assert_eq!(
            (back.name.as_str(), back.key.as_str()),
            ("my_name", "MY_KEY")
        );
    }

    #[test]
    fn another_try_keeps_what_the_form_does_not_show() {
        let mut c = FineTuneConfig::new("old.jsonl", ProviderName::OpenAi, "gpt-4o-2024-08-06");
        c.job_name = Some("a-2".into());
        c.output_dir = OUTPUT_DIR.into();
        c.validation_split = 0.25;
        c.metadata.insert("team".into(), "ui".into());
        c.hyperparameters.n_epochs = Setting::Value(2);
        c.hyperparameters.seed = Some(7);
        c.format.tasks = vec!["point".into()];
        c.format.image_uri_prefix = Some("https://a/".into());
        c.provider_options.base_url = Some("http://127.0.0.1:1/v1".into());
        let earlier = Earlier {
            job_id: "a".into(),
            config: c.clone(),
            samples: 12,
        };
        let mut f = JobForm::again(earlier);
        assert_eq!(f.read("new.jsonl", 0.1), (c.clone(), vec![]));
        f.epochs = "5".into();
        f.settings.remove("base_url");
        let (changed, _) = f.read("new.jsonl", 0.1);
        assert_eq!(changed.hyperparameters.n_epochs, Setting::Value(5));
        assert_eq!(changed.hyperparameters.seed, Some(7));
        assert_eq!(changed.provider_options.base_url, None);
        // Elsewhere the vendor's own settings do not apply.
        let there = f
            .moved_to(ProviderName::Gemini, &|_| false)
            .read("new.jsonl", 0.1)
            .0;
        assert_eq!(there.hyperparameters.seed, None);
        assert_eq!(
            (there.dataset_path.as_str(), there.validation_split),
            ("old.jsonl", 0.25)
        );
        assert_eq!(there.metadata, c.metadata);
        assert_eq!(there.format.tasks, c.format.tasks);
        assert_eq!(there.format.image_uri_prefix, None);
    }

    #[test]
    fn every_setting_of_every_provider_has_a_label() {
        for v in PROVIDERS {
            for name in v.settings() {
                let path = format!("provider_options.{name}");
                assert!(label(&path).is_some(), "{path}");
            }
        }
    }

    #[test]
    fn words_are_no_numbers() {
        let mut f = JobForm::new(ProviderName::Gemini, &|_| false);
        f.epochs = "three".into();
        f.rate = "1.5".into();
        f.batch_size = String::new();
        let p = f.read("d", 0.1).1;
        assert_eq!(p.len(), 1);
        assert_eq!(p[0].path, "hyperparameters.n_epochs");
        f.epochs = "3".into();
        let c = f.read("d", 0.1).0;
        assert_eq!(c.hyperparameters.n_epochs, Setting::Value(3));
        assert_eq!(
            c.hyperparameters.learning_rate_multiplier,
            Setting::Value(1.5)
        );
        assert_eq!(c.hyperparameters.batch_size, Setting::Auto);
    }
}
