//! Jobs and the registry, in a workspace that lives in memory.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::base::fakes::{MemoryFiles, MemoryLocks, MemorySecrets, MemoryStore};
use crate::base::http::WebHttp;
use crate::base::ports::{Ports, Secret};
use crate::base::system::WebClock;
use crate::job::{Ask, FineTuneConfig, FineTuneJobManager, VisionFinetuner};
use crate::provider::PROVIDERS;
use crate::registry::{EXPORTS, Export, LlmConfig, LlmConfigRegistry};
use crate::wasm::convert::{OrThrow as _, options, to_js};

/// Ids of the vendors a job can be started at.
#[wasm_bindgen(js_name = providerNames, unchecked_return_type = "ProviderName[]")]
pub fn provider_names() -> Array {
    PROVIDERS
        .iter()
        .map(|v| JsValue::from_str(v.name().id()))
        .collect()
}

/// Ids of the forms a registered model can be exported in.
#[wasm_bindgen(js_name = registryExports, unchecked_return_type = "string[]")]
pub fn registry_exports() -> Array {
    EXPORTS
        .iter()
        .map(|(_, id, _)| JsValue::from_str(id))
        .collect()
}

/// What is wrong with the configuration of a job; empty when it can be started.
#[wasm_bindgen(js_name = validateFineTuneConfig, unchecked_return_type = "Problem[]")]
pub fn validate_fine_tune_config(
    #[wasm_bindgen(unchecked_param_type = "FineTuneOptions")] config: &JsValue,
) -> Result<JsValue, JsValue> {
    to_js(&options::<FineTuneConfig>(config)?.validate())
}

/// Files, jobs and registered models, all in memory: keep what `read`, `exportJobs` and
/// `exportRegistry` give.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Workspace {
    files: MemoryFiles,
    secrets: MemorySecrets,
    ports: Ports,
    finetuner: VisionFinetuner,
    registry: LlmConfigRegistry,
}

#[wasm_bindgen]
impl Workspace {
    /// An empty workspace.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Workspace {
        let files = MemoryFiles::new();
        let secrets = MemorySecrets::new();
        let ports = Ports {
            store: Rc::new(MemoryStore::new()),
            files: Rc::new(files.clone()),
            clock: Rc::new(WebClock),
            http: Rc::new(WebHttp),
            secrets: Rc::new(secrets.clone()),
            locks: Rc::new(MemoryLocks::new()),
        };
        let registry = LlmConfigRegistry::new(Rc::clone(&ports.store), Rc::clone(&ports.clock));
        let manager = FineTuneJobManager::new(Rc::clone(&ports.store));
        let finetuner =
            VisionFinetuner::new(manager, ports.clone()).with_registry(Rc::new(registry.clone()));
        Self {
            files,
            secrets,
            ports,
            finetuner,
            registry,
        }
    }

    /// Puts a file there, replacing what had its path.
    pub fn write(&self, path: &str, bytes: &[u8]) {
        self.files.insert(path, bytes);
    }

    /// The bytes of a file; `undefined` when there is none.
    pub fn read(&self, path: &str) -> Option<Uint8Array> {
        self.files.get(path).map(|b| Uint8Array::from(b.as_slice()))
    }

    /// All files, sorted by path.
    #[wasm_bindgen(unchecked_return_type = "string[]")]
    pub fn paths(&self) -> Array {
        self.files
            .paths()
            .iter()
            .map(|p| JsValue::from_str(p))
            .collect()
    }

    /// A key, by the name of the environment variable that usually holds it. It stays in memory
    /// and goes nowhere but to its vendor.
    #[wasm_bindgen(js_name = setSecret)]
    pub fn set_secret(&self, name: &str, key: &str) {
        self.secrets.insert(name, Secret::new(key));
    }

    /// What a start would do: problems, rows, what is sent where, cost. Reads the whole dataset
    /// and writes nothing. With `askVendor` the vendor tells whether the key may do it; nothing
    /// is created there.
    #[wasm_bindgen(unchecked_return_type = "Preflight")]
    pub async fn preflight(
        &self,
        #[wasm_bindgen(unchecked_param_type = "FineTuneOptions")] config: JsValue,
        #[wasm_bindgen(js_name = askVendor)] ask_vendor: Option<bool>,
    ) -> Result<JsValue, JsValue> {
        let config: FineTuneConfig = options(&config)?;
        let ask = match ask_vendor {
            Some(true) => Ask::Vendor,
            _ => Ask::Nobody,
        };
        to_js(&self.finetuner.preflight(&config, ask).await.or_throw()?)
    }

    /// Starts a job and returns when the vendor has it.
    #[wasm_bindgen(js_name = startFinetune, unchecked_return_type = "FineTuneJob")]
    pub async fn start_finetune(
        &self,
        #[wasm_bindgen(unchecked_param_type = "FineTuneOptions")] config: JsValue,
    ) -> Result<JsValue, JsValue> {
        let config: FineTuneConfig = options(&config)?;
        to_js(&self.finetuner.start_finetune(&config).await.or_throw()?)
    }

    /// Asks the vendor once how the job stands, and does what is due on this side.
    #[wasm_bindgen(js_name = checkStatus, unchecked_return_type = "FineTuneJob")]
    pub async fn check_status(&self, job_id: String) -> Result<JsValue, JsValue> {
        to_js(&self.finetuner.check_status(&job_id).await.or_throw()?)
    }

    /// Watches a job to its end.
    #[wasm_bindgen(unchecked_return_type = "FineTuneJob")]
    pub async fn wait(&self, job_id: String) -> Result<JsValue, JsValue> {
        to_js(&self.finetuner.wait(&job_id).await.or_throw()?)
    }

    /// Stops a job.
    #[wasm_bindgen(unchecked_return_type = "FineTuneJob")]
    pub async fn cancel(&self, job_id: String) -> Result<JsValue, JsValue> {
        to_js(&self.finetuner.cancel(&job_id).await.or_throw()?)
    }

    /// Copies the artifacts of a job into `folder`; returns their paths.
    #[wasm_bindgen(js_name = downloadModel, unchecked_return_type = "string[]")]
    pub async fn download_model(&self, job_id: String, folder: String) -> Result<JsValue, JsValue> {
        to_js(
            &self
                .finetuner
                .download_model(&job_id, &folder)
                .await
                .or_throw()?,
        )
    }

    /// Completes a job whose files cannot be fetched from the vendor, without them.
    #[wasm_bindgen(js_name = completeWithoutArtifacts, unchecked_return_type = "FineTuneJob")]
    pub async fn complete_without_artifacts(&self, job_id: String) -> Result<JsValue, JsValue> {
        let done = self.finetuner.complete_without_artifacts(&job_id).await;
        to_js(&done.or_throw()?)
    }

    /// Deletes the files at the vendor that a job that has ended uploaded; its model stays.
    #[wasm_bindgen(
        js_name = cleanJob,
        unchecked_return_type = "{ files: string[]; pictures: number }"
    )]
    pub async fn clean_job(&self, job_id: String) -> Result<JsValue, JsValue> {
        to_js(&self.finetuner.clean(&job_id).await.or_throw()?)
    }

    /// All jobs, the newest first.
    #[wasm_bindgen(js_name = listJobs, unchecked_return_type = "FineTuneJob[]")]
    pub async fn list_jobs(&self) -> Result<JsValue, JsValue> {
        to_js(&self.finetuner.job_manager().list().await.or_throw()?)
    }

    /// One job.
    #[wasm_bindgen(js_name = getJob, unchecked_return_type = "FineTuneJob")]
    pub async fn get_job(&self, job_id: String) -> Result<JsValue, JsValue> {
        to_js(&self.finetuner.job_manager().get(&job_id).await.or_throw()?)
    }

    /// What the vendor reported of a job, oldest first.
    #[wasm_bindgen(js_name = jobEvents, unchecked_return_type = "JobEvent[]")]
    pub async fn job_events(&self, job_id: String) -> Result<JsValue, JsValue> {
        to_js(
            &self
                .finetuner
                .job_manager()
                .events(&job_id)
                .await
                .or_throw()?,
        )
    }

    /// The numbers of every training step of a job, each step once.
    #[wasm_bindgen(js_name = jobMetrics, unchecked_return_type = "MetricPoint[]")]
    pub async fn job_metrics(&self, job_id: String) -> Result<JsValue, JsValue> {
        let points = self.finetuner.job_manager().metrics(&job_id).await;
        to_js(&points.or_throw()?)
    }

    /// Asks the vendor for the models saved during training.
    #[wasm_bindgen(js_name = jobCheckpoints, unchecked_return_type = "Checkpoint[]")]
    pub async fn job_checkpoints(&self, job_id: String) -> Result<JsValue, JsValue> {
        to_js(&self.finetuner.checkpoints(&job_id).await.or_throw()?)
    }

    /// All jobs as the text of a `jobs.json`.
    #[wasm_bindgen(js_name = exportJobs)]
    pub async fn export_jobs(&self) -> Result<String, JsValue> {
        self.finetuner.job_manager().export_json().await.or_throw()
    }

    /// Takes in the text of a `jobs.json`. Returns how many jobs are new.
    #[wasm_bindgen(js_name = importJobs)]
    pub async fn import_jobs(&self, text: String, replace: bool) -> Result<usize, JsValue> {
        let report = self
            .finetuner
            .job_manager()
            .import_json(&text, replace)
            .await;
        Ok(report.or_throw()?.added)
    }

    /// Registers a model by hand.
    #[wasm_bindgen(js_name = registerConfig, unchecked_return_type = "RegistryEntry")]
    pub async fn register_config(
        &self,
        key: String,
        #[wasm_bindgen(unchecked_param_type = "LLMConfigOptions")] config: JsValue,
    ) -> Result<JsValue, JsValue> {
        let config: LlmConfig = options(&config)?;
        to_js(
            &self
                .registry
                .register_config(&key, config)
                .await
                .or_throw()?,
        )
    }

    /// How a registered model is called.
    #[wasm_bindgen(js_name = getConfig, unchecked_return_type = "LLMConfigRecord")]
    pub async fn get_config(&self, key: String) -> Result<JsValue, JsValue> {
        to_js(&self.registry.get_config(&key).await.or_throw()?)
    }

    /// Every registered model.
    #[wasm_bindgen(js_name = listModels, unchecked_return_type = "RegistryEntry[]")]
    pub async fn list_models(&self) -> Result<JsValue, JsValue> {
        to_js(&self.registry.list().await.or_throw()?)
    }

    /// Forgets a registered model.
    #[wasm_bindgen(js_name = deregisterConfig)]
    pub async fn deregister_config(&self, key: String) -> Result<(), JsValue> {
        self.registry.deregister_config(&key).await.or_throw()
    }

    /// A registered model in one of the forms of `registryExports`.
    #[wasm_bindgen(js_name = exportModel)]
    pub async fn export_model(&self, key: String, form: String) -> Result<String, JsValue> {
        let form = Export::from_id(&form).or_throw()?;
        self.registry
            .get(&key)
            .await
            .or_throw()?
            .export(form)
            .or_throw()
    }

    /// All registered models as JSON text.
    #[wasm_bindgen(js_name = exportRegistry)]
    pub async fn export_registry(&self) -> Result<String, JsValue> {
        self.registry.export_json().await.or_throw()
    }
}

impl Workspace {
    /// Registered models.
    pub(super) fn registry(&self) -> &LlmConfigRegistry {
        &self.registry
    }

    /// The outside world.
    pub(super) fn ports(&self) -> &Ports {
        &self.ports
    }
}

impl Default for Workspace {
    fn default() -> Self {
        Self::new()
    }
}
