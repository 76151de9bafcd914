//! A change that alters what a seed looks like must be meant: it raises `GENERATOR_VERSION` and
//! writes the file again with `cargo xtask fingerprints`. The wasm side of the same samples is
//! compared by `cargo xtask test determinism`.

use screensmith::GenerationConfig;
use screensmith::generate::{GENERATOR_VERSION, SyntheticUiGenerator};

#[derive(serde::Deserialize)]
struct Recorded {
    generator_version: u32,
    fingerprints: Vec<String>,
}

#[test]
fn samples_are_those_recorded() {
    let config: GenerationConfig =
        serde_json::from_str(include_str!("determinism/config.json")).unwrap();
    let recorded: Recorded =
        serde_json::from_str(include_str!("determinism/fingerprints.json")).unwrap();
    assert_eq!(recorded.generator_version, GENERATOR_VERSION);
    let generator = SyntheticUiGenerator::new(config.clone()).unwrap();
    // Backwards: no sample may depend on those made before it.
    let made: Vec<String> = (0..recorded.fingerprints.len() as u64)
        .rev()
        .map(|i| generator.sample(i).unwrap().fingerprint)
        .collect();
    let made: Vec<String> = made.into_iter().rev().collect();
    assert_eq!(made, recorded.fingerprints);

    let other = SyntheticUiGenerator::new(GenerationConfig {
        seed: Some(1),
        ..config
    })
    .unwrap();
    assert_ne!(other.sample(0).unwrap().fingerprint, made[0]);
}
