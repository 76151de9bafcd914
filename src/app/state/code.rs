//! The present configuration as code: the seed's example, and the command line.

use serde_json::Value;

use crate::generate::config::GenerationConfig;

/// The fields that differ from the defaults, as JSON in the order of the struct.
fn changed(config: &GenerationConfig) -> Vec<(String, Value)> {
    let fields = |c: &GenerationConfig| match serde_json::to_value(c) {
        Ok(Value::Object(map)) => map,
        _ => serde_json::Map::new(),
    };
    let default = fields(&GenerationConfig::default());
    fields(config)
        .into_iter()
        .filter(|(k, v)| default.get(k) != Some(v))
        .collect()
}

/// A configuration file with the changed fields only.
pub fn config_json(config: &GenerationConfig) -> String {
    let map: serde_json::Map<String, Value> = changed(config).into_iter().collect();
    serde_json::to_string_pretty(&map).unwrap_or_default()
}

/// The seed's flow in Rust: generate, export, tune, register.
pub fn rust(config: &GenerationConfig) -> String {
    let json = config_json(config).replace('\n', "\n    ");
    format!(
        r##"use screensmith::dataset::DatasetExporter;
use screensmith::generate::SyntheticUiGenerator;
use screensmith::GenerationConfig;

// 1. Generate
let config: GenerationConfig = serde_json::from_str(
    r#"{json}"#,
)?;
let generator = SyntheticUiGenerator::new(config)?;

// 2. Export: one record per line, pictures inside
let exporter = DatasetExporter::new("./datasets/finetune");
let dataset_path = exporter.export_jsonl(generator.iter(), "synthetic_ui.jsonl")?;
"##
    )
}

/// The same in JavaScript.
pub fn javascript(config: &GenerationConfig) -> String {
    let options: serde_json::Map<String, Value> = changed(config)
        .into_iter()
        .map(|(k, v)| (camel_case(&k), v))
        .collect();
    let json = serde_json::to_string_pretty(&options).unwrap_or_default();
    format!(
        "import {{ Generator, init }} from 'screensmith';\n\nawait init();\nconst generator = new Generator({json});\nfor await (const sample of generator.samples()) {{\n  console.log(sample.layout_id, sample.truth.elements.length);\n}}\n"
    )
}

/// `num_samples` as `numSamples`.
fn camel_case(name: &str) -> String {
    let mut out = String::new();
    for (i, part) in name.split('_').enumerate() {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if i > 0 => {
                out.push(first.to_ascii_uppercase());
                out.push_str(letters.as_str());
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// The same on the command line.
pub fn shell(config: &GenerationConfig) -> String {
    format!(
        "cat > config.json <<'JSON'\n{}\nJSON\nscreensmith generate --config config.json --count {} --seed {} --out ds\n",
        config_json(config),
        config.num_samples,
        config.seed.unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_recreates_the_configuration() {
        let config = GenerationConfig {
            num_samples: 50,
            seed: Some(7),
            device_scales: vec![1.0, 2.0],
            ..GenerationConfig::default()
        };
        let back: GenerationConfig = serde_json::from_str(&config_json(&config)).unwrap();
        assert_eq!(back, config);
        let code = rust(&config);
        let from = code.find("r#\"").unwrap() + 3;
        let to = code.find("\"#").unwrap();
        let back: GenerationConfig = serde_json::from_str(&code[from..to]).unwrap();
        assert_eq!(back, config);
        let js = javascript(&config);
        assert!(
            js.contains("\"numSamples\": 50") && js.contains("\"deviceScales\""),
            "{js}"
        );
        assert!(shell(&config).contains("--count 50 --seed 7 "));
    }

    #[test]
    fn defaults_are_not_spelled_out() {
        assert_eq!(config_json(&GenerationConfig::default()), "{}");
    }
}
