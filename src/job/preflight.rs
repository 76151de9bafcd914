//! [`Preflight`]: everything that is known before anything is sent.

use serde::Serialize;

use crate::error::{ErrorKind, Result};
use crate::format::Report;
use crate::job::checks::{self, Ask, Row};
use crate::job::config::{FineTuneConfig, Start};
use crate::job::driver::VisionFinetuner;
use crate::job::prepare::Pass;
use crate::job::version::{DatasetVersion, TokenEstimate};
use crate::problem::{self, Problem};
use crate::provider::{Access, LocalFile, Milestone};

/// What would happen if a job were started now.
#[derive(Clone, Debug, Serialize)]
pub struct Preflight {
    /// One row for everything that the job needs, with how it stands.
    pub rows: Vec<Row>,
    /// What stops or worries it, errors first. With an error the start is refused or the job
    /// fails before anything is sent.
    pub problems: Vec<Problem>,
    /// What the key may do; `None` when the vendor was not asked or did not tell.
    pub access: Option<Access>,
    /// Why the vendor would refuse the job; `None` also when it was not asked or not reached.
    pub refusal: Option<Problem>,
    /// Why the vendor could not be asked just now; a job waits for better times.
    pub unreached: Option<Problem>,
    /// What is sent where; nothing else leaves this machine. Empty when nothing is sent.
    pub sends: Vec<Sending>,
    /// Bytes of all that is sent.
    pub upload_bytes: u64,
    /// Whether this is a practice run: nothing is sent and nothing is trained.
    pub simulated: bool,
    /// From when on nobody can create such jobs, as announced.
    pub open_until: Option<Milestone>,
    /// When the model and what is tuned from it stop answering, as announced.
    pub model_until: Option<Milestone>,
    /// Records for training and validation.
    pub samples: [u64; 2],
    /// Lines for training and validation.
    pub examples: [u64; 2],
    /// Tokens and cost, when a model is known.
    pub estimate: Option<TokenEstimate>,
    /// The dataset as it would be frozen; `None` when it could not be read.
    pub dataset: Option<DatasetVersion>,
    /// What the checks say about the training and the validation lines.
    pub reports: Vec<Report>,
}

impl Preflight {
    /// Whether nothing stands in the way.
    pub fn ok(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }

    /// Whether a job may come to its end: nothing is wrong, or the vendor is only out of reach
    /// just now.
    pub fn can_begin(&self) -> bool {
        let mut errors = self.problems.iter().filter(|p| p.is_error());
        errors.all(|p| Some(p) == self.unreached.as_ref())
    }
}

/// Something that is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sending {
    /// What it is, in a word or two.
    pub what: &'static str,
    /// Name of the file on this side; `None` for several.
    pub file: Option<String>,
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// Pictures among or in them.
    pub images: u64,
    /// Name of the machine that it goes to.
    pub host: String,
}

impl VisionFinetuner {
    /// Reads the whole dataset as a start would and tells what would happen; asks the vendor
    /// too, if so told, what the key may do. Creates nothing, sends nothing of the dataset, and
    /// writes nothing.
    ///
    /// # Errors
    /// A failure of storage. Everything else is among the problems.
    pub async fn preflight(&self, config: &FineTuneConfig, ask: Ask) -> Result<Preflight> {
        let mut problems = self.problems(config);
        let vendor = config.provider.vendor();
        let name = config.job_name.as_deref().unwrap_or("preflight");
        let mut out = Preflight {
            rows: Vec::new(),
            problems: Vec::new(),
            access: None,
            refusal: None,
            unreached: None,
            sends: Vec::new(),
            upload_bytes: 0,
            simulated: config.provider_options.simulated.is_some(),
            open_until: vendor.closes().copied(),
            model_until: vendor.end_of_life(&config.base_model).copied(),
            samples: [0, 0],
            examples: [0, 0],
            estimate: None,
            dataset: None,
            reports: Vec::new(),
        };
        if let Err(e) = self.connect(config) {
            problems.push(Problem::from(&e));
        }
        problems.extend(self.doubts(config).await?);
        let fine = "nothing is wrong with them".to_owned();
        out.rows.push(Row::worst("Settings", &problems, fine));
        let of_settings = problems.len();
        let pass = Pass {
            ports: &self.ports,
            config,
            job_id: name,
            folder: name.to_owned(),
            write: false,
            sha256: None,
        };
        // A configuration that is wrong in itself may have no lines to look at.
        let passed = if problems
            .iter()
            .any(|p| p.is_error() && p.path.starts_with("format"))
        {
            None
        } else {
            match pass.run().await {
                Ok(made) => Some(made),
                Err(e) if e.kind() == ErrorKind::Storage => return Err(e),
                Err(e) => {
                    problems.push(Problem::from(&e));
                    None
                }
            }
        };
        if let Some(made) = passed {
            problems.extend(made.problems);
            out.samples = made.samples;
            out.examples = [made.reports[0].examples, made.reports[1].examples];
            out.estimate = made.estimate;
            let hosts = vendor.hosts(&config.provider_options);
            if let (Some(host), false) = (hosts.first(), out.simulated) {
                let embedded = made.files.pictures.is_none();
                let mut send = |what, file: &LocalFile, report: &Report| {
                    out.sends.push(Sending {
                        what,
                        file: file.path.rsplit('/').next().map(str::to_owned),
                        files: 1,
                        bytes: file.bytes,
                        images: if embedded { report.images } else { 0 },
                        host: host.clone(),
                    });
                };
                send("training lines", &made.files.train, &made.reports[0]);
                if let Some(file) = &made.files.validation {
                    send("validation lines", file, &made.reports[1]);
                }
                if let Some(p) = &made.files.pictures {
                    out.sends.push(Sending {
                        what: "pictures",
                        file: None,
                        files: p.count,
                        bytes: p.bytes,
                        images: p.count,
                        host: host.clone(),
                    });
                }
            }
            out.upload_bytes = out.sends.iter().map(|s| s.bytes).sum();
            out.dataset = Some(made.version);
            out.reports = made.reports.into();
            let fine = format!(
                "{} training and {} validation examples, all fit for the model",
                out.examples[0], out.examples[1]
            );
            out.rows
                .push(Row::worst("Dataset", &problems[of_settings..], fine));
        } else {
            let none = "there are no lines yet".to_owned();
            out.rows
                .push(Row::worst("Dataset", &problems[of_settings..], none));
        }
        // A key that stands where it must not goes nowhere.
        let secret = problems.iter().any(|p| p.code == "secret_in_config");
        if vendor.capabilities().real_jobs && !out.simulated && !secret {
            let found = self.ask_vendor(config, ask, &mut out).await?;
            problems.extend(
                found
                    .into_iter()
                    .filter(|p| !known(&problems, p))
                    .collect::<Vec<_>>(),
            );
        }
        problems.sort_by_key(|p| std::cmp::Reverse(p.severity));
        out.problems = problems;
        Ok(out)
    }

    /// Adds the rows about key and vendor, and returns the findings.
    async fn ask_vendor(
        &self,
        config: &FineTuneConfig,
        ask: Ask,
        out: &mut Preflight,
    ) -> Result<Vec<Problem>> {
        let vendor = config.provider.vendor();
        // A server of the user's own may need no key.
        let key = match vendor.job_env_vars() {
            [] => "Connection",
            _ => "Key",
        };
        let missing = |name: &&&str| self.ports.secrets.get(name).is_none();
        if let Some(name) = vendor.job_env_vars().iter().find(missing) {
            let p = Problem::error("key_missing", *name, "there is no key for this vendor")
                .hint(format!("set {name} in the environment"));
            out.rows.push(Row::of(key, &p));
            out.rows.extend(checks::unasked(vendor, "this needs a key"));
            out.refusal = Some(p.clone());
            return Ok(vec![p]);
        }
        // Settings that do not lead to the vendor are told already.
        let Ok(provider) = self.connect(config) else {
            return Ok(Vec::new());
        };
        if provider.works_locally() {
            return Ok(Vec::new());
        }
        if ask == Ask::Nobody {
            out.rows.push(Row::unknown(key, "the vendor was not asked"));
            out.rows
                .extend(checks::unasked(vendor, "the vendor was not asked"));
            return Ok(Vec::new());
        }
        match provider.access(&config.base_model).await {
            Ok(access) => {
                out.rows.push(Row::worst(key, &[], "it works".to_owned()));
                out.rows
                    .extend(checks::answered(vendor, &config.base_model, &access));
                let found = access.problems.clone();
                out.refusal = found.iter().find(|p| p.is_error()).cloned();
                out.access = Some(access);
                Ok(found)
            }
            Err(e) if e.kind() == ErrorKind::Storage => Err(e),
            Err(e) => {
                let p = Problem::from(&e);
                out.rows.push(Row::of(key, &p));
                out.rows
                    .extend(checks::unasked(vendor, "the vendor could not be asked"));
                // What passes is no refusal: the job itself waits for better times.
                let passing = e.kind() == ErrorKind::Network || e.retry_after_ms().is_some();
                let told = match passing {
                    true => &mut out.unreached,
                    false => &mut out.refusal,
                };
                *told = Some(p.clone());
                Ok(vec![p])
            }
        }
    }

    /// Asks the vendor what the key may do and whether the base model is open to it. Creates
    /// nothing.
    ///
    /// # Errors
    /// `unauthorized` when the key does not work; `call_unsupported` when the vendor's
    /// interface has no such question; a failure of the network.
    pub async fn check_key(&self, config: &FineTuneConfig) -> Result<Access> {
        problem::check(&config.provider_options.validate())?;
        self.connect(config)?.access(&config.base_model).await
    }

    /// What the store says against a start: a taken name or key, a missing dependency.
    async fn doubts(&self, config: &FineTuneConfig) -> Result<Vec<Problem>> {
        let mut out = Vec::new();
        if let Some(name) = &config.job_name
            && let Some((held, _)) = self.manager.find(name).await?
        {
            out.push(if held.config == *config {
                Problem::warning(
                    "job_exists",
                    "job_name",
                    "this job exists already and is continued, not started again",
                )
            } else {
                Problem::error(
                    "job_exists",
                    "job_name",
                    "a job with this name was started with other settings",
                )
                .hint("choose another job_name")
            });
        }
        if let (Some(key), Some(registry)) = (&config.register_llm_key, &self.registry) {
            let name = config.job_name.as_deref().unwrap_or_default();
            match registry.check(key, name).await {
                Err(e) if e.kind() == ErrorKind::Storage => return Err(e),
                Err(e) => out.push(Problem {
                    path: "register_llm_key".to_owned(),
                    ..Problem::from(&e)
                }),
                Ok(()) => {}
            }
        }
        let folder = config.output_dir.trim_end_matches('/');
        if self.ports.files.size(folder).await?.is_some() {
            out.push(
                Problem::error("output_dir", "output_dir", "this is a file, not a folder")
                    .hint("name a folder for the files of the job"),
            );
        }
        if let Start::After(id) = &config.start
            && self.manager.find(id).await?.is_none()
        {
            out.push(
                Problem::error(
                    "dependency_missing",
                    "start.after",
                    format!("there is no job {id:?}"),
                )
                .hint("list the jobs to see their ids"),
            );
        }
        Ok(out)
    }
}

/// Whether the vendor's finding says what is known without it.
fn known(problems: &[Problem], p: &Problem) -> bool {
    problems
        .iter()
        .any(|q| (&q.code, &q.path) == (&p.code, &p.path))
}
