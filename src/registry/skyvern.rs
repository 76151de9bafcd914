//! Export of a registered model in the forms that Skyvern accepts.
//!
//! Facts, tried against the published package: the types moved to `skyvern.schemas.llm`;
//! `register_config` refuses a taken key while `deregister_config` never does; required
//! variables are looked up as fields of Skyvern's settings, and when one is missing there is
//! only a warning and no registration, so the snippet asks `is_registered`; the handler is
//! bound at start, so a module binds it again.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::provider::{
    COMPATIBLE_KEY_ENV, SIMULATED, ServingParam, compatible_env, direct, litellm_param,
    skyvern_setting,
};
use crate::registry::export::{comment, comments, contract, literal, notices};
use crate::registry::{LlmConfig, RegistryEntry};

fn param(value: &ServingParam) -> String {
    match value {
        ServingParam::Text(t) => literal(&direct(t)),
        ServingParam::Setting(name) => format!("settings.{name}"),
    }
}

/// The variables that Skyvern's settings know, and those that must stand in the environment.
fn variables(config: &LlmConfig) -> (Vec<&str>, Vec<&str>) {
    let all = config.required_env_vars.iter().map(String::as_str);
    all.partition(|v| skyvern_setting(v))
}

/// The variable whose value is handed over as the key, because Skyvern's settings do not have it.
fn handed_key(config: &LlmConfig) -> Option<&str> {
    let given = config
        .litellm_params
        .iter()
        .any(|(name, _)| name == "api_key");
    let key = |v: &&str| litellm_param(v).is_none_or(|p| p == "api_key");
    let (_, outside) = variables(config);
    outside.into_iter().find(key).filter(|_| !given)
}

fn config_call(config: &LlmConfig, indent: &str) -> String {
    let env: Vec<String> = variables(config).0.into_iter().map(literal).collect();
    let key = handed_key(config);
    let flag = |b| if b { "True" } else { "False" };
    let mut lines = vec![
        format!("model_name={},", literal(&config.model_name)),
        format!("required_env_vars=[{}],", env.join(", ")),
        format!("supports_vision={},", flag(config.supports_vision)),
        format!(
            "add_assistant_prefix={},",
            flag(config.add_assistant_prefix)
        ),
    ];
    if key.is_some() || !config.litellm_params.is_empty() {
        lines.push("litellm_params={".to_owned());
        if let Some(key) = key {
            lines.push(format!(
                "    \"api_key\": os.environ.get({}),",
                literal(key)
            ));
        }
        for (name, value) in &config.litellm_params {
            lines.push(format!("    {}: {},", literal(name), param(value)));
        }
        lines.push("},".to_owned());
    }
    if let Some(n) = config.max_tokens {
        lines.push(format!("max_tokens={n},"));
    }
    if let Some(n) = config.max_completion_tokens {
        lines.push(format!("max_completion_tokens={n},"));
    }
    if let Some(t) = config.temperature {
        lines.push(format!("temperature={t:?},"));
    }
    if let Some(r) = &config.reasoning_effort {
        lines.push(format!("reasoning_effort={},", literal(r)));
    }
    let body: String = lines.iter().map(|l| format!("{indent}    {l}\n")).collect();
    format!("LLMConfig(\n{body}{indent})")
}

pub(super) fn python(entry: &RegistryEntry) -> String {
    let mut head = String::new();
    for line in notices(entry) {
        head += &format!("# {}\n", comment(&line));
    }
    let mut terms = String::new();
    for (name, value) in contract(entry) {
        terms += &format!("#   {name}: {}\n", comment(&value));
    }
    if !terms.is_empty() {
        terms = format!(
            "# Contract: the model answers well only when it is asked as in training.\n{terms}"
        );
    }
    let mut others = String::new();
    for way in entry
        .ways()
        .iter()
        .filter(|w| w.model_name != entry.config.model_name)
    {
        let mut config = entry.config.clone();
        config.model_name.clone_from(&way.model_name);
        config.required_env_vars.clone_from(&way.required_env_vars);
        config.litellm_params.clone_from(&way.litellm_params);
        others += "\n# Another form:\n";
        for warning in &way.warnings {
            others += &format!("# {}\n", comment(warning));
        }
        for line in config_call(&config, "").lines() {
            others += &format!("#     {line}\n");
        }
    }
    let refuse = if entry.provenance.simulated {
        format!(
            "raise RuntimeError(\"{SIMULATED}: this model comes from a practice run and does not exist\")\n\n"
        )
    } else {
        String::new()
    };
    let settings = entry
        .config
        .litellm_params
        .iter()
        .any(|(_, v)| matches!(v, ServingParam::Setting(_)));
    let settings = if settings {
        "from skyvern.config import settings\n"
    } else {
        ""
    };
    let outside: Vec<String> = variables(&entry.config)
        .1
        .into_iter()
        .map(literal)
        .collect();
    let (import, absent) = if outside.is_empty() {
        (String::new(), String::new())
    } else {
        let absent = format!(
            "    absent = [v for v in [{}] if not os.environ.get(v)]\n    \
                 if absent:\n        \
                     print(f\"{{KEY}} is not registered: set {{', '.join(absent)}} in the environment\")\n        \
                     return False\n",
            outside.join(", ")
        );
        ("import os\n\n".to_owned(), absent)
    };
    format!(
        "# Registers a tuned model in Skyvern. Written by Screensmith.\n\
         {head}\
         # Use it as a module that Skyvern loads at start:\n\
         #   ADDITIONAL_MODULES='[\"tuned_models\"]'   (this file as tuned_models.py on PYTHONPATH)\n\
         # or call register() in your own program. It may be called again. It holds no key.\n\
         {terms}\n\
         {refuse}\
         {import}\
         {settings}\
         from skyvern.forge.sdk.api.llm.config_registry import LLMConfigRegistry\n\
         \n\
         try:\n    from skyvern.schemas.llm import LLMConfig\n\
         except ImportError:  # Skyvern 1.0.30 and older\n    from skyvern.forge.sdk.api.llm.models import LLMConfig\n\
         \n\
         KEY = {key}\n\
         CONFIG = {config}\n\
         {others}\n\n\
         def is_registered():\n    \
             if hasattr(LLMConfigRegistry, \"is_registered\"):\n        \
                 return LLMConfigRegistry.is_registered(KEY)\n    \
             return KEY in LLMConfigRegistry.get_model_names()\n\n\n\
         def register():\n    \
             \"\"\"Registers the model, or says what is missing and returns False.\"\"\"\n\
         {absent}    \
             if hasattr(LLMConfigRegistry, \"deregister_config\"):\n        \
                 LLMConfigRegistry.deregister_config(KEY)\n    \
             LLMConfigRegistry.register_config(KEY, CONFIG)\n    \
             if is_registered():\n        \
                 return True\n    \
             # Skyvern only warns when a variable is missing.\n    \
             names = \", \".join(CONFIG.required_env_vars) or \"none\"\n    \
             print(f\"{{KEY}} is not registered: set the variables it needs ({{names}})\")\n    \
             return False\n\n\n\
         def configure_app(app):\n    \
             \"\"\"Called by Skyvern after its handlers are bound: binds the default one again.\"\"\"\n    \
             from skyvern.forge.sdk.api.llm.api_handler_factory import LLMAPIHandlerFactory\n\n    \
             if register():\n        \
                 app.LLM_API_HANDLER = LLMAPIHandlerFactory.get_llm_api_handler(KEY)\n\n\n\
         if __name__ == \"__main__\":\n    \
             print(KEY, \"registered\" if register() else \"missing\")\n",
        key = literal(&entry.key),
        config = config_call(&entry.config, ""),
    )
}

/// A value in an env file: quoted when it is not plain.
fn env_value(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:,@+".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

pub(super) fn env(entry: &RegistryEntry) -> Result<String> {
    let ways = entry.ways();
    let way = ways.iter().find(|w| w.compatible_base_url.is_some());
    let Some((way, base_url)) = way.and_then(|w| w.compatible_base_url.as_ref().map(|u| (w, u)))
    else {
        return Err(Error::unsupported(
            "export_unsupported",
            "Skyvern does not reach this model by environment variables alone",
        )
        .at("as")
        .hint("export it as skyvern-python"));
    };
    let mut out =
        String::from("# Skyvern by environment variables only. Written by Screensmith.\n");
    out += &comments(entry);
    let base_url = &direct(base_url);
    let model = entry.provenance.model.as_deref().unwrap_or(&way.model_name);
    // A practice model stays commented out: copying the file must not switch Skyvern to it.
    let mark = if entry.provenance.simulated { "# " } else { "" };
    let tokens = entry
        .config
        .max_completion_tokens
        .or(entry.config.max_tokens);
    for (name, value) in compatible_env(model, base_url, &entry.key, tokens) {
        out += &format!("{mark}{name}={}\n", env_value(&value));
    }
    out += "# Set the key yourself; any text will do for a server that asks for none:\n";
    out += &format!("# {COMPATIBLE_KEY_ENV}=\n");
    Ok(out)
}

pub(super) fn card(entry: &RegistryEntry) -> Value {
    let mut params = Map::new();
    for (name, value) in &entry.config.litellm_params {
        let text = match value {
            ServingParam::Text(t) => direct(t),
            ServingParam::Setting(s) => format!("settings.{s}"),
        };
        params.insert(name.clone(), Value::from(text));
    }
    let (required, outside) = variables(&entry.config);
    if let Some(key) = handed_key(&entry.config) {
        params.insert("api_key".to_owned(), format!("os.environ[{key}]").into());
    }
    let mut config = json!({
        "model_name": entry.config.model_name,
        "required_env_vars": required,
        "supports_vision": entry.config.supports_vision,
        "add_assistant_prefix": entry.config.add_assistant_prefix,
    });
    if !params.is_empty() {
        config["litellm_params"] = Value::Object(params);
    }
    for (name, value) in [
        ("max_tokens", entry.config.max_tokens),
        ("max_completion_tokens", entry.config.max_completion_tokens),
    ] {
        if let Some(n) = value {
            config[name] = Value::from(n);
        }
    }
    if let Some(t) = entry.config.temperature {
        config["temperature"] = Value::from(t);
    }
    if let Some(effort) = &entry.config.reasoning_effort {
        config["reasoning_effort"] = Value::from(effort.as_str());
    }
    json!({
        "key": entry.key,
        "version": entry.version,
        "llm_config": config,
        "environment": outside,
        "provenance": entry.provenance,
        "notices": notices(entry),
        "registered_at": entry.registered_at,
    })
}
