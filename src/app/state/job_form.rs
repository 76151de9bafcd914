//! A new job as a form.

use std::collections::BTreeMap;

use crate::base::time::Timestamp;
use crate::job::{FineTuneConfig, Start};
use crate::problem::Problem;
use crate::provider::{PROVIDERS, ProviderName, ProviderOptions, Scenario, Setting, Simulation};

/// Folder of all jobs in this browser.
pub const OUTPUT_DIR: &str = "finetune_runs";

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
        }
    }

    /// Whether the choice between practice and reality is open.
    pub fn can_be_real(&self) -> bool {
        self.provider.vendor().capabilities().real_jobs
    }

    /// The configuration over a dataset.
    ///
    /// # Errors
    /// What was typed that is no number; everything else is found by
    /// [`FineTuneConfig::validate`].
    pub fn parse(&self, dataset_path: &str, split: f64) -> Result<FineTuneConfig, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut c = FineTuneConfig::new(dataset_path, self.provider, self.base_model.trim());
        c.output_dir = OUTPUT_DIR.to_owned();
        c.validation_split = split;
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
        match self.options() {
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
                ..Simulation::default()
            });
        }
        if problems.is_empty() {
            Ok(c)
        } else {
            Err(problems)
        }
    }
}

impl JobForm {
    /// The settings of a real job; a practice run has none.
    fn options(&self) -> Result<ProviderOptions, Problem> {
        let mut fields = serde_json::Map::new();
        if !self.simulated && self.can_be_real() {
            for name in self.provider.vendor().settings() {
                let text = self.settings.get(name).map_or("", |t| t.trim());
                if !text.is_empty() {
                    fields.insert((*name).to_owned(), text.into());
                }
            }
        }
        serde_json::from_value(fields.into())
            .map_err(|e| Problem::error("provider_options", "provider_options", e.to_string()))
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
            let c = f.parse("d.jsonl", 0.1).unwrap();
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
        let c = f.parse("d", 0.1).unwrap();
        assert_eq!(c.provider_options.project, None);
        assert!(matches!(c.start, Start::At(_)));
        f.simulated = false;
        let c = f.parse("d", 0.1).unwrap();
        assert_eq!(c.provider_options.project.as_deref(), Some("my-project"));
        assert!(c.provider_options.simulated.is_none());
        f.start_at = "tomorrow".into();
        assert_eq!(f.parse("d", 0.1).unwrap_err()[0].code, "start_at");
    }

    #[test]
    fn words_are_no_numbers() {
        let mut f = JobForm::new(ProviderName::Gemini, &|_| false);
        f.epochs = "three".into();
        f.rate = "1.5".into();
        f.batch_size = String::new();
        let p = f.parse("d", 0.1).unwrap_err();
        assert_eq!(p.len(), 1);
        assert_eq!(p[0].path, "hyperparameters.n_epochs");
        f.epochs = "3".into();
        let c = f.parse("d", 0.1).unwrap();
        assert_eq!(c.hyperparameters.n_epochs, Setting::Value(3));
        assert_eq!(
            c.hyperparameters.learning_rate_multiplier,
            Setting::Value(1.5)
        );
        assert_eq!(c.hyperparameters.batch_size, Setting::Auto);
    }
}
