//! The trainers that bundles are made for: their config files, pinned versions and commands.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::format::family;
use crate::problem::Problem;
use crate::provider::CreateJob;
use crate::provider::bundle::{Texts, file_name};
use crate::task::coords::{Space, convention};
use crate::task::resize::Resize;

/// A program that trains on one's own machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trainer {
    /// Hugging Face TRL.
    #[default]
    Trl,
    /// LLaMA-Factory.
    #[serde(rename = "llamafactory")]
    LlamaFactory,
    /// ms-swift.
    MsSwift,
    /// Axolotl.
    Axolotl,
    /// Unsloth.
    Unsloth,
}

/// What installs and runs a trainer, looked up with the packages' own metadata.
struct Facts {
    id: &'static str,
    label: &'static str,
    format: &'static str,
    /// `requirements.txt`: versions that their own metadata allows together.
    requirements: &'static str,
    /// Trains, from inside the folder.
    command: &'static str,
    /// Where the adapter lies afterwards.
    adapter: &'static str,
}

const TRL: Facts = Facts {
    id: "trl",
    label: "TRL",
    format: "custom",
    requirements: "trl==1.16.0\ntransformers==5.23.0\npeft==0.21.2\naccelerate>=1.10.1\ndatasets>=4.7.0\npillow>=11\ntorch\ntorchvision\n",
    command: "python3 train.py",
    adapter: "output",
};

const LLAMAFACTORY: Facts = Facts {
    id: "llamafactory",
    label: "LLaMA-Factory",
    format: "llamafactory",
    requirements: "llamafactory==0.9.5\ntransformers==5.6.0\npeft==0.18.1\ntrl==0.24.0\n",
    command: "llamafactory-cli train train.yaml",
    adapter: "output",
};

const MS_SWIFT: Facts = Facts {
    id: "ms_swift",
    label: "ms-swift",
    format: "ms_swift",
    requirements: "ms-swift==4.6.0\ntransformers<5.20\npeft<0.21\nqwen_vl_utils==0.0.14\ndecord\ntorchvision\n",
    command: "swift sft train.yaml",
    adapter: "output/last",
};

const AXOLOTL: Facts = Facts {
    id: "axolotl",
    label: "Axolotl",
    format: "axolotl",
    requirements: "axolotl==0.19.0\n",
    command: "axolotl train train.yaml",
    adapter: "output",
};

const UNSLOTH: Facts = Facts {
    id: "unsloth",
    label: "Unsloth",
    format: "unsloth",
    requirements: "unsloth==2026.10.9\nunsloth_zoo==2026.10.9\ntrl==1.15.0\ntransformers==5.17.0\npeft==0.21.2\npillow>=11\n",
    command: "python3 train.py",
    adapter: "output",
};

const TRAIN_TRL: &str = include_str!("train_trl.py");
const TRAIN_UNSLOTH: &str = include_str!("train_unsloth.py");

/// Longest example in tokens: a picture of 12.8 million pixels takes 16,384 of them.
const MAX_LENGTH: u32 = 24_576;

/// The usual learning rate of LoRA on vision models, multiplied by the user's factor.
const LEARNING_RATE: f64 = 1e-4;

impl Trainer {
    /// Every trainer.
    pub const ALL: &'static [Self] = &[
        Self::Trl,
        Self::LlamaFactory,
        Self::MsSwift,
        Self::Axolotl,
        Self::Unsloth,
    ];

    const fn facts(self) -> &'static Facts {
        match self {
            Self::Trl => &TRL,
            Self::LlamaFactory => &LLAMAFACTORY,
            Self::MsSwift => &MS_SWIFT,
            Self::Axolotl => &AXOLOTL,
            Self::Unsloth => &UNSLOTH,
        }
    }

    /// `trl`, `llamafactory`, `ms_swift`, `axolotl`, `unsloth`.
    pub const fn id(self) -> &'static str {
        self.facts().id
    }

    /// Name for people.
    pub const fn label(self) -> &'static str {
        self.facts().label
    }

    /// Id of the line format that it reads.
    pub const fn format(self) -> &'static str {
        self.facts().format
    }

    /// What keeps this trainer from training `base_model`.
    pub(super) fn check(self, base_model: &str) -> Option<Problem> {
        (self == Self::LlamaFactory && template(base_model).is_none()).then(|| {
            Problem::error(
                "model_not_tunable",
                "base_model",
                "LLaMA-Factory needs the name of a chat template, and that of this model is not known",
            )
            .hint("choose a Qwen model with vision, or another trainer")
        })
    }

    /// The text files of a bundle beside the lines, by name.
    pub(super) fn files(self, job: &CreateJob) -> Result<Texts> {
        let mut out = match self {
            Self::Trl => vec![
                ("config.json", serde_json::to_string_pretty(&config(job))?),
                ("train.py", TRAIN_TRL.to_owned()),
            ],
            Self::Unsloth => vec![
                ("config.json", serde_json::to_string_pretty(&config(job))?),
                ("train.py", TRAIN_UNSLOTH.to_owned()),
            ],
            Self::LlamaFactory => vec![
                ("train.yaml", yaml(&llamafactory(job))),
                (
                    "dataset_info.json",
                    serde_json::to_string_pretty(&dataset_info(job))?,
                ),
            ],
            Self::MsSwift => vec![("train.yaml", yaml(&ms_swift(job)))],
            Self::Axolotl => vec![("train.yaml", yaml(&axolotl(job)))],
        };
        let facts = self.facts();
        out.push(("requirements.txt", facts.requirements.to_owned()));
        out.push(("train.sh", script(facts)));
        out.push(("README.md", self.readme(job)));
        Ok(out)
    }

    fn readme(self, job: &CreateJob) -> String {
        let facts = self.facts();
        let validation = job.validation.as_ref().map_or(String::new(), |v| {
            let n = job.validation_samples;
            format!("- `{}`: {n} examples to validate with\n", file_name(&v.id))
        });
        let data = match self {
            Self::Trl | Self::Unsloth => {
                "- `config.json`: model and hyperparameters\n- `train.py`: trains a LoRA adapter; `python3 train.py --check` only reads the examples\n"
            }
            Self::LlamaFactory => {
                "- `dataset_info.json`: describes the lines to LLaMA-Factory\n- `train.yaml`: model and hyperparameters\n"
            }
            Self::MsSwift | Self::Axolotl => "- `train.yaml`: model and hyperparameters\n",
        };
        let size = match (pixels(job), self) {
            (None, _) => String::new(),
            (Some((min, max)), Self::LlamaFactory) => format!(
                "\n## Size of the pictures\n\
                 The coordinates of the answers count on pictures of {min} to {max} pixels. \
                 LLaMA-Factory cannot set this in the model's processor: it is exact when the \
                 `preprocessor_config.json` of the base model has the same bounds, or when no \
                 picture has more pixels.\n"
            ),
            (Some((min, max)), _) => format!(
                "\n## Size of the pictures\n\
                 The coordinates of the answers count on pictures of {min} to {max} pixels; \
                 training sets these bounds. Serve with the same ones: \
                 `--mm-processor-kwargs '{{\"min_pixels\": {min}, \"max_pixels\": {max}}}'`\n"
            ),
        };
        format!(
            "# {name}\n\n\
             A fine-tuning bundle for `{base}` and {label}, written by Screensmith. Nothing has been trained yet.\n\n\
             ## Contents\n\
             - `{train}`: {n} examples to train with\n{validation}\
             - `images/`: the pictures that the examples name\n{data}\
             - `requirements.txt`: pinned versions\n\
             - `bundle.json`: the job\n\n\
             ## Train\n\
             ```sh\n\
             sh train.sh\n\
             ```\n\
             It makes a virtual environment here, installs the pinned versions and runs \
             `{command}`. The adapter is written to `{adapter}/`.\n{size}\n\
             ## Serve\n\
             ```sh\n\
             pip install vllm\n\
             vllm serve {base} --enable-lora --max-lora-rank {rank} --lora-modules {name}={adapter}\n\
             ```\n\
             The model then answers as `{name}` at `http://localhost:8000/v1`.\n",
            name = job.name,
            base = job.base_model,
            label = facts.label,
            train = file_name(&job.training.id),
            n = job.train_samples,
            command = facts.command,
            adapter = facts.adapter,
            rank = served_rank(rank(job)),
        )
    }
}

/// vLLM takes only these ranks as the largest.
fn served_rank(rank: u32) -> u32 {
    [8, 16, 32, 64, 128, 256]
        .into_iter()
        .find(|r| *r >= rank)
        .unwrap_or(512)
}

/// One command from nothing to an adapter.
fn script(facts: &Facts) -> String {
    format!(
        "#!/bin/sh\n\
         # Installs {label} in .venv and trains; see README.md.\n\
         set -eu\n\
         cd \"$(dirname \"$0\")\"\n\
         [ -d .venv ] || python3 -m venv .venv\n\
         . .venv/bin/activate\n\
         pip install -r requirements.txt\n\
         {command} \"$@\"\n",
        label = facts.label,
        command = facts.command,
    )
}

fn epochs(job: &CreateJob) -> u32 {
    job.hyperparameters.n_epochs.unwrap_or(3)
}

fn batch(job: &CreateJob) -> u32 {
    job.hyperparameters.batch_size.unwrap_or(8)
}

fn rank(job: &CreateJob) -> u32 {
    job.hyperparameters.adapter_size.unwrap_or(16)
}

fn rate(job: &CreateJob) -> f64 {
    let factor = job.hyperparameters.learning_rate_multiplier.unwrap_or(1.0);
    // Twelve decimals: enough for any rate, and no 0.00015000000000000001.
    (LEARNING_RATE * factor * 1e12).round() / 1e12
}

fn seed(job: &CreateJob) -> u32 {
    job.hyperparameters.seed.unwrap_or(0)
}

/// Fewest and most pixels of a picture that the convention of the answers counts on.
fn pixels(job: &CreateJob) -> Option<(u64, u64)> {
    match convention(job.convention.as_deref()?)?.space {
        Space::Pixels(Resize::Smart {
            min_pixels,
            max_pixels,
            ..
        }) => Some((min_pixels, max_pixels)),
        _ => None,
    }
}

/// `config.json`, read by the train scripts and given to HTTP trainers.
pub(super) fn config(job: &CreateJob) -> Value {
    let bounds = pixels(job);
    json!({
        "name": job.name,
        "description": job.description,
        "base_model": job.base_model,
        "train_file": file_name(&job.training.id),
        "validation_file": job.validation.as_ref().map(|v| file_name(&v.id)),
        "train_samples": job.train_samples,
        "validation_samples": job.validation_samples,
        "epochs": epochs(job),
        "batch_size": batch(job),
        "learning_rate": rate(job),
        "lora_rank": rank(job),
        "max_length": MAX_LENGTH,
        "min_pixels": bounds.map(|b| b.0),
        "max_pixels": bounds.map(|b| b.1),
        "convention": job.convention,
        "seed": seed(job),
        "metadata": job.metadata,
    })
}

type Fields = Vec<(&'static str, Value)>;

/// LLaMA-Factory's name of the chat template.
fn template(base_model: &str) -> Option<&'static str> {
    let thinking = base_model.contains("Thinking");
    Some(match family(base_model)?.id {
        "Qwen2-VL" | "Qwen2.5-VL" => "qwen2_vl",
        "Qwen3-VL" if thinking => "qwen3_vl",
        "Qwen3-VL" => "qwen3_vl_nothink",
        "Qwen3.5" => "qwen3_5_nothink",
        _ => return None,
    })
}

fn llamafactory(job: &CreateJob) -> Fields {
    let mut out = vec![
        ("model_name_or_path", json!(job.base_model)),
        ("template", json!(template(&job.base_model))),
        ("stage", json!("sft")),
        ("do_train", json!(true)),
        ("finetuning_type", json!("lora")),
        ("lora_rank", json!(rank(job))),
        ("lora_alpha", json!(2 * rank(job))),
        ("lora_dropout", json!(0.05)),
        ("lora_target", json!("all")),
        ("dataset_dir", json!(".")),
        ("dataset", json!("screens")),
        ("cutoff_len", json!(MAX_LENGTH)),
        ("num_train_epochs", json!(epochs(job))),
        ("per_device_train_batch_size", json!(1)),
        ("gradient_accumulation_steps", json!(batch(job))),
        ("learning_rate", json!(rate(job))),
        ("lr_scheduler_type", json!("cosine")),
        ("seed", json!(seed(job))),
        ("bf16", json!(true)),
        ("logging_steps", json!(1)),
        ("save_strategy", json!("epoch")),
        ("output_dir", json!("output")),
        ("report_to", json!("none")),
    ];
    // Its own resizing rounds otherwise than the model's processor, so it stays out of the way.
    if let Some((min, max)) = pixels(job) {
        out.push(("image_min_pixels", json!(min)));
        out.push(("image_max_pixels", json!(max)));
    }
    if job.validation.is_some() {
        out.push(("eval_dataset", json!("screens_validation")));
        out.push(("per_device_eval_batch_size", json!(1)));
        out.push(("eval_strategy", json!("epoch")));
    }
    out
}

fn dataset_info(job: &CreateJob) -> Value {
    let entry = |file: &str| {
        json!({
            "file_name": file_name(file),
            "formatting": "sharegpt",
            "columns": {"messages": "messages", "images": "images"},
            "tags": {
                "role_tag": "role", "content_tag": "content", "user_tag": "user",
                "assistant_tag": "assistant", "system_tag": "system",
            },
        })
    };
    let mut out = Map::new();
    out.insert("screens".to_owned(), entry(&job.training.id));
    if let Some(v) = &job.validation {
        out.insert("screens_validation".to_owned(), entry(&v.id));
    }
    Value::Object(out)
}

fn ms_swift(job: &CreateJob) -> Fields {
    let mut out = vec![
        ("model", json!(job.base_model)),
        ("use_hf", json!(true)),
        ("tuner_type", json!("lora")),
        ("lora_rank", json!(rank(job))),
        ("lora_alpha", json!(2 * rank(job))),
        ("lora_dropout", json!(0.05)),
        ("target_modules", json!(["all-linear"])),
        ("dataset", json!([file_name(&job.training.id)])),
        ("split_dataset_ratio", json!(0)),
        ("torch_dtype", json!("bfloat16")),
        ("max_length", json!(MAX_LENGTH)),
        ("num_train_epochs", json!(epochs(job))),
        ("per_device_train_batch_size", json!(1)),
        ("gradient_accumulation_steps", json!(batch(job))),
        ("learning_rate", json!(rate(job))),
        ("seed", json!(seed(job))),
        ("logging_steps", json!(1)),
        ("save_strategy", json!("epoch")),
        ("output_dir", json!("output")),
        // Without it the adapter would lie in a folder named by version and time.
        ("add_version", json!(false)),
        ("create_checkpoint_symlink", json!(true)),
        ("report_to", json!(["none"])),
    ];
    if let Some(v) = &job.validation {
        out.push(("val_dataset", json!([file_name(&v.id)])));
        out.push(("per_device_eval_batch_size", json!(1)));
        out.push(("eval_strategy", json!("epoch")));
    } else {
        out.push(("eval_strategy", json!("no")));
    }
    if let Some((min, max)) = pixels(job) {
        let bounds = json!({"MIN_PIXELS": min.to_string(), "MAX_PIXELS": max.to_string()});
        out.push(("ENV", bounds));
    }
    out
}

fn axolotl(job: &CreateJob) -> Fields {
    let template = match family(&job.base_model).map(|f| f.id) {
        Some("Qwen2-VL" | "Qwen2.5-VL" | "Qwen3-VL") => "qwen2_vl",
        Some("Qwen3.5") => "qwen3_5",
        _ => "tokenizer_default",
    };
    let data = |file: &str| {
        json!([{
            "path": file_name(file), "ds_type": "json", "type": "chat_template",
            "field_messages": "messages",
        }])
    };
    let mut out = vec![
        ("base_model", json!(job.base_model)),
        ("processor_type", json!("AutoProcessor")),
        ("chat_template", json!(template)),
        ("datasets", data(&job.training.id)),
        ("dataset_prepared_path", json!("prepared")),
        // Needed for pictures: they are read and resized batch by batch.
        ("skip_prepare_dataset", json!(true)),
        ("remove_unused_columns", json!(false)),
        ("sample_packing", json!(false)),
        ("adapter", json!("lora")),
        ("lora_r", json!(rank(job))),
        ("lora_alpha", json!(2 * rank(job))),
        ("lora_dropout", json!(0.05)),
        ("lora_target_linear", json!(true)),
        ("sequence_len", json!(MAX_LENGTH)),
        ("num_epochs", json!(epochs(job))),
        ("micro_batch_size", json!(1)),
        ("gradient_accumulation_steps", json!(batch(job))),
        ("learning_rate", json!(rate(job))),
        ("lr_scheduler", json!("cosine")),
        ("optimizer", json!("adamw_torch")),
        ("bf16", json!(true)),
        ("gradient_checkpointing", json!(true)),
        ("seed", json!(seed(job))),
        ("logging_steps", json!(1)),
        ("saves_per_epoch", json!(1)),
        ("output_dir", json!("output")),
    ];
    if let Some(v) = &job.validation {
        out.push(("test_datasets", data(&v.id)));
        out.push(("evals_per_epoch", json!(1)));
    } else {
        out.push(("val_set_size", json!(0)));
    }
    if let Some((min, max)) = pixels(job) {
        let bounds = json!({"min_pixels": min, "max_pixels": max});
        out.push(("processor_kwargs", bounds));
    }
    out
}

/// One field per line. JSON is YAML, except that YAML 1.1 reads `1e-5` as a text.
fn yaml(fields: &Fields) -> String {
    let mut out = String::from("# Written by Screensmith; see README.md.\n");
    for (name, value) in fields {
        let text = match value.as_f64() {
            Some(v) if value.is_f64() => v.to_string(),
            _ => value.to_string(),
        };
        out.push_str(&format!("{name}: {text}\n"));
    }
    out
}
