//! Amazon Bedrock: no connection, but a folder with the lines for Nova, the request of the job,
//! and the commands to run. Bedrock takes signed requests of an AWS account and files on S3 only.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use crate::base::ports::Ports;
use crate::error::Result;
use crate::problem::Problem;
use crate::provider::bundle::{Bundler, Texts, file_name};
use crate::provider::openai::{range_checks, unknown_adapter};
use crate::provider::{
    BaseModel, Capabilities, CreateJob, Hyperparameters, Milestone, Provider, ProviderName,
    ProviderOptions, SIMULATED, Serving, Setting, Vendor,
};

/// The vendor.
#[derive(Debug)]
pub(crate) struct Bedrock;

/// Stands where the user's own role belongs.
const ROLE: &str = "ROLE_ARN";
/// Bedrock offers Nova tuning here.
const REGION: &str = "us-east-1";

const MODELS: &[BaseModel] = &[
    BaseModel {
        id: "amazon.nova-lite-v1:0:300k",
        note: "look up the present id with aws bedrock list-foundation-models",
    },
    BaseModel {
        id: "amazon.nova-pro-v1:0:300k",
        note: "look up the present id with aws bedrock list-foundation-models",
    },
];

impl Vendor for Bedrock {
    fn name(&self) -> ProviderName {
        ProviderName::Bedrock
    }

    fn label(&self) -> &'static str {
        "Amazon Bedrock"
    }

    fn format(&self) -> &'static str {
        "bedrock"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            validation: true,
            ..Capabilities::default()
        }
    }

    fn lifecycle(&self) -> &'static [Milestone] {
        &[]
    }

    fn base_models(&self) -> &'static [BaseModel] {
        MODELS
    }

    fn job_env_vars(&self) -> &'static [&'static str] {
        &[]
    }

    fn settings(&self) -> &'static [&'static str] {
        &["bucket", "location"]
    }

    fn seed_env_vars(&self) -> &'static [&'static str] {
        &["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
    }

    fn check(&self, h: &Hyperparameters, _: &ProviderOptions) -> Vec<Problem> {
        let mut out = range_checks(h, u32::MAX);
        let unknown = |field: &str| {
            Problem::error(
                "hyperparameter_unknown",
                format!("hyperparameters.{field}"),
                "the names and ranges of this setting differ between Nova models",
            )
            .hint("remove it, and write it into job.json by the documentation of the model")
        };
        if h.batch_size != Setting::Auto {
            out.push(unknown("batch_size"));
        }
        if h.learning_rate_multiplier != Setting::Auto {
            out.push(unknown("learning_rate_multiplier"));
        }
        if h.seed.is_some() {
            out.push(unknown("seed"));
        }
        if h.adapter_size.is_some() {
            out.push(unknown_adapter("Bedrock"));
        }
        out
    }

    fn check_job(
        &self,
        _: &str,
        _: &Hyperparameters,
        _: &BTreeMap<String, Value>,
        options: &ProviderOptions,
    ) -> Vec<Problem> {
        let bucket = options.bucket.as_deref().unwrap_or_default();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
        if options.simulated.is_some() || (!bucket.is_empty() && bucket.chars().all(plain)) {
            return Vec::new();
        }
        vec![
            Problem::error(
                "bucket_missing",
                "provider_options.bucket",
                "the lines name pictures in an S3 bucket",
            )
            .hint("name the bucket without s3://"),
        ]
    }

    fn serving(&self, model: &str, _: &str, options: &ProviderOptions) -> Vec<Serving> {
        let region = options.location.as_deref().unwrap_or(REGION);
        vec![Serving {
            model_name: format!("bedrock/converse/{model}"),
            required_env_vars: self
                .seed_env_vars()
                .iter()
                .map(|v| (*v).to_owned())
                .collect(),
            warnings: vec![format!(
                "put the ARN of the deployed model in place of {model}, and deploy it in {region} first"
            )],
            ..Serving::default()
        }]
    }

    fn image_uri_prefix(&self, job: &str, options: &ProviderOptions) -> Option<String> {
        let bucket = match (&options.bucket, &options.simulated) {
            (Some(b), _) => b.as_str(),
            (None, Some(_)) => SIMULATED,
            (None, None) => return None,
        };
        Some(format!("s3://{bucket}/{job}/"))
    }

    fn awaits_training(&self, _: &ProviderOptions) -> bool {
        true
    }

    fn simulated_model(&self, _: &str, name: &str) -> String {
        format!("arn:aws:bedrock:{REGION}:{SIMULATED}:custom-model/{name}-{SIMULATED}")
    }

    fn connect(&self, ports: &Ports, options: &ProviderOptions) -> Result<Rc<dyn Provider>> {
        let bucket = options.bucket.clone().unwrap_or_default();
        let region = options
            .location
            .clone()
            .unwrap_or_else(|| REGION.to_owned());
        Ok(Rc::new(Bundler {
            ports: ports.clone(),
            vendor: &Bedrock,
            texts: Box::new(move |job| texts(job, &bucket, &region)),
            next: "run the commands of its README.md".to_owned(),
        }))
    }
}

fn texts(job: &CreateJob, bucket: &str, region: &str) -> Result<Texts> {
    let request = serde_json::to_string_pretty(&request(job, bucket))?;
    Ok(vec![
        ("job.json", request),
        ("README.md", readme(job, bucket, region)),
    ])
}

/// The body of `CreateModelCustomizationJob`.
fn request(job: &CreateJob, bucket: &str) -> Value {
    let at = |name: &str| json!({"s3Uri": format!("s3://{bucket}/{}/{name}", job.name)});
    let mut hyper = Map::new();
    if let Setting::Value(n) = job.hyperparameters.n_epochs {
        hyper.insert("epochCount".to_owned(), json!(n.to_string()));
    }
    // Names at Bedrock take letters, digits and hyphens.
    let name = job.name.replace('_', "-");
    let mut out = json!({
        "jobName": name,
        "customModelName": name,
        "roleArn": ROLE,
        "clientRequestToken": job.unique_key,
        "baseModelIdentifier": job.base_model,
        "customizationType": "FINE_TUNING",
        "trainingDataConfig": at(file_name(&job.training.id)),
        "outputDataConfig": at("output/"),
        "hyperParameters": hyper,
    });
    if let Some(v) = &job.validation {
        out["validationDataConfig"] = json!({"validators": [at(file_name(&v.id))]});
    }
    out
}

fn readme(job: &CreateJob, bucket: &str, region: &str) -> String {
    let name = &job.name;
    let at = name.replace('_', "-");
    let train = file_name(&job.training.id);
    let files = std::iter::once(train).chain(job.validation.iter().map(|v| file_name(&v.id)));
    let copies: String = files
        .map(|f| format!("aws s3 cp {f} s3://{bucket}/{name}/{f}\n"))
        .collect();
    let checked = job.validation.as_ref().map_or_else(String::new, |v| {
        let n = job.validation_samples;
        format!("- `{}`: {n} examples to check with\n", file_name(&v.id))
    });
    format!(
        "# {name}\n\n\
         A fine-tuning job for `{base}` on Amazon Bedrock, written by Screensmith. Nothing has \
         been sent or trained yet: Bedrock takes signed requests of your AWS account only.\n\n\
         ## Contents\n\
         - `{train}`: {n} examples to train with\n\
         {checked}\
         - `images/`: the pictures that the examples name, as `s3://{bucket}/{name}/images/…`\n\
         - `job.json`: the request of the job\n\
         - `bundle.json`: the job on this side\n\n\
         ## Train\n\
         1. Install the AWS command line and sign in. The bucket `{bucket}` must lie in {region}.\n\
         2. Put the ARN of a role that Bedrock may take, and that may read and write the bucket, \
         in place of `{ROLE}` in `job.json`.\n\
         3. Run, here:\n\
         ```sh\n\
         aws s3 sync images s3://{bucket}/{name}/images\n\
         {copies}\
         aws bedrock create-model-customization-job --region {region} --cli-input-json file://job.json\n\
         ```\n\
         Creating twice makes one job: `clientRequestToken` is unique to it.\n\n\
         ## Watch\n\
         ```sh\n\
         aws bedrock get-model-customization-job --region {region} --job-identifier {at}\n\
         aws bedrock stop-model-customization-job --region {region} --job-identifier {at}\n\
         aws s3 cp --recursive s3://{bucket}/{name}/output/ output/\n\
         ```\n\
         When it is `Completed`, `outputModelArn` is the model; deploy it before use.\n",
        base = job.base_model,
        n = job.train_samples,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::RemoteFile;

    #[test]
    fn the_request_has_the_fields_of_the_published_interface() {
        // Members of CreateModelCustomizationJobRequest in botocore 1.44.5, bedrock/2023-04-20.
        const MEMBERS: &[&str] = &[
            "jobName",
            "customModelName",
            "roleArn",
            "clientRequestToken",
            "baseModelIdentifier",
            "customizationType",
            "customModelKmsKeyId",
            "jobTags",
            "customModelTags",
            "trainingDataConfig",
            "validationDataConfig",
            "outputDataConfig",
            "hyperParameters",
            "vpcConfig",
            "customizationConfig",
        ];
        let file = |name: &str| RemoteFile {
            id: format!("runs/my_job/{name}"),
            bytes: 1,
        };
        let job = CreateJob {
            unique_key: "screensmith-1".to_owned(),
            name: "my_job".to_owned(),
            base_model: "amazon.nova-lite-v1:0:300k".to_owned(),
            description: None,
            training: file("train.jsonl"),
            validation: Some(file("validation.jsonl")),
            train_samples: 9,
            validation_samples: 1,
            hyperparameters: Hyperparameters {
                n_epochs: Setting::Value(2),
                ..Hyperparameters::default()
            },
            metadata: BTreeMap::new(),
            convention: None,
            folder: "runs/my_job".to_owned(),
        };
        let body = request(&job, "demo");
        for name in body.as_object().unwrap().keys() {
            assert!(MEMBERS.contains(&name.as_str()), "{name}");
        }
        assert_eq!(body["hyperParameters"], json!({"epochCount": "2"}));
        assert_eq!(
            body["trainingDataConfig"]["s3Uri"],
            "s3://demo/my_job/train.jsonl"
        );
        let name = body["jobName"].as_str().unwrap();
        // Its published pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9\+\-\.])*$
        assert!(
            name.chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        );
        let text = readme(&job, "demo", "us-east-1");
        for line in [
            "aws s3 cp train.jsonl s3://demo/my_job/train.jsonl",
            "aws s3 cp validation.jsonl s3://demo/my_job/validation.jsonl",
            "--job-identifier my-job",
        ] {
            assert!(text.contains(line), "{line}");
        }
    }
}
