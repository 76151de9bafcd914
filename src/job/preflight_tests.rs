//! What is known before anything is sent, and what may not change afterwards.

use crate::base::fakes::MemoryFiles;
use crate::base::system::block_on;
use crate::job::tests::{config, finetuner, remote_jobs, start, world};
use crate::job::{Ask, RowState, Start, State};
use crate::provider::{ProviderName, Scenario, Simulation};

#[test]
fn what_the_vendor_would_refuse_is_not_sent() {
    let (ports, _) = world(6);
    let tuner = finetuner(&ports);
    let c = config(ProviderName::OpenAi, Scenario::Success);
    let before = block_on(tuner.preflight(&c, Ask::Nobody)).unwrap();
    assert!(!before.ok());
    let job = block_on(tuner.run(&c)).unwrap();
    let State::Failed { error, id: None } = &job.state else {
        panic!("{:?}", job.state);
    };
    assert_eq!(error.code, "min_examples");
    assert!(error.message.contains("training"), "{}", error.message);
    assert_eq!(job.problems[0].code, "min_examples");
    assert_eq!(before.problems[0], job.problems[0], "said before the start");
    let uploads = block_on(ports.store.scan("simulated/files")).unwrap();
    assert!(uploads.is_empty());
}

#[test]
fn the_end_of_a_model_is_told_once_and_by_its_vendor() {
    let (ports, _) = world(50);
    let tuner = finetuner(&ports);
    for (provider, model, date) in [
        (ProviderName::OpenAi, "gpt-4o-2024-08-06", "2027-01-14"),
        (ProviderName::Azure, "gpt-4o-2024-08-06", "2027-10-01"),
        (ProviderName::Azure, "gpt-4.1-2025-04-14", "2027-10-14"),
    ] {
        let mut c = config(provider, Scenario::Success);
        c.base_model = model.into();
        let p = block_on(tuner.preflight(&c, Ask::Nobody)).unwrap();
        let ends: Vec<_> = p
            .problems
            .iter()
            .filter(|p| p.code == "model_shutdown_date")
            .collect();
        assert_eq!(ends.len(), 1, "{ends:?}");
        assert!(ends[0].message.contains(date), "{ends:?}");
        assert!(p.problems.iter().all(|p| p.code != "model_not_tunable"));
        // OpenAI's prices are not those of Azure.
        let priced = provider == ProviderName::OpenAi;
        assert_eq!(p.estimate.unwrap().usd.is_some(), priced);
    }
}

#[test]
fn preflight_lists_what_is_sent_where_and_touches_nothing() {
    let (ports, files) = world(50);
    let tuner = finetuner(&ports);
    let mut c = config(ProviderName::OpenAi, Scenario::Success);
    let practice = block_on(tuner.preflight(&c, Ask::Nobody)).unwrap();
    assert!(practice.ok(), "{:?}", practice.problems);
    assert!(practice.sends.is_empty() && practice.simulated);
    c.provider_options.simulated = None;
    let real = block_on(tuner.preflight(&c, Ask::Nobody)).unwrap();
    assert_eq!(files.paths(), ["data/synthetic_ui.jsonl"]);
    assert!(block_on(ports.store.scan("jobs")).unwrap().is_empty());
    let sent: Vec<_> = real
        .sends
        .iter()
        .map(|s| (s.what, s.host.as_str()))
        .collect();
    assert_eq!(
        sent,
        [
            ("training lines", "api.openai.com"),
            ("validation lines", "api.openai.com")
        ]
    );
    assert_eq!(real.samples[0] + real.samples[1], 50);
    assert_eq!(real.sends[0].images, real.examples[0]);
    assert_eq!(real.open_until.unwrap().date, "2027-01-06");
    assert_eq!(real.model_until.unwrap().date, "2027-01-14");
    let estimate = real.estimate.clone().unwrap();
    assert!(estimate.epochs_guessed && estimate.usd.is_some());

    // The job then prepares exactly this, and the version lists exactly the files.
    c.provider_options.simulated = practice.simulated.then(Simulation::default);
    let job = block_on(tuner.run(&c)).unwrap();
    let text = files.get("runs/ft_synthetic_demo/dataset.json").unwrap();
    let version: crate::job::DatasetVersion = serde_json::from_slice(&text).unwrap();
    assert_eq!(Some(&version), real.dataset.as_ref());
    assert_eq!(job.dataset_sha256, Some(version.sha256));
    assert_eq!(job.estimate, real.estimate);
    assert_eq!(version.samples, 50);
    let mut bytes = 0;
    for f in &version.files {
        let held = files
            .get(&format!("runs/ft_synthetic_demo/{}", f.path))
            .unwrap();
        assert_eq!(crate::base::hash::sha256_hex(&held), f.sha256, "{}", f.path);
        bytes += f.bytes;
    }
    assert_eq!(bytes, real.upload_bytes);
    let prompt = job.system_prompt.unwrap();
    assert_eq!(prompt, crate::task::LISTING_SYSTEM_PROMPT);
    let line = String::from_utf8_lossy(&files.get("runs/ft_synthetic_demo/train.jsonl").unwrap())
        .into_owned();
    assert!(line.contains(&prompt));
}

#[test]
fn a_dataset_that_changes_under_a_job_is_noticed() {
    let changed = |files: &MemoryFiles| {
        files.insert(
            "data/synthetic_ui.jsonl",
            crate::job::prepare::tests::dataset(31),
        );
    };
    // While the job waits.
    let (ports, files) = world(30);
    let mut c = config(ProviderName::OpenAi, Scenario::Success);
    c.start = Start::At(start().plus_millis(60_000));
    let tuner = finetuner(&ports);
    block_on(tuner.start_finetune(&c)).unwrap();
    changed(&files);
    let e = block_on(tuner.start_finetune(&c)).unwrap_err();
    assert_eq!(
        (e.code(), e.path()),
        ("dataset_changed", Some("data/synthetic_ui.jsonl"))
    );
    let job = block_on(tuner.wait("ft_synthetic_demo")).unwrap();
    let State::Failed { error, .. } = &job.state else {
        panic!("{:?}", job.state);
    };
    assert_eq!(error.code, "dataset_changed");
    assert_eq!(remote_jobs(&ports), 0);

    // The prepared files, before they are sent.
    let (ports, files) = world(30);
    let spoil = files.clone();
    let tuner = finetuner(&ports).on_update(move |u| {
        if let crate::job::Update::Job(job) = u
            && matches!(job.state, State::Uploading { .. })
        {
            spoil.insert("runs/ft_synthetic_demo/train.jsonl", "{}\n");
        }
    });
    let c = config(ProviderName::OpenAi, Scenario::Success);
    let job = block_on(tuner.run(&c)).unwrap();
    let State::Failed { error, .. } = &job.state else {
        panic!("{:?}", job.state);
    };
    assert_eq!(error.code, "dataset_changed");
    assert_eq!(remote_jobs(&ports), 0);
}

#[test]
fn what_was_frozen_is_what_is_sent() {
    let folder = "runs/ft_synthetic_demo";
    for (file, spoil) in [
        ("train.jsonl", "{}\n"),
        ("validation.jsonl", "{}\n"),
        ("images/000003.png", "another picture"),
        ("pictures.jsonl", ""),
        (
            "pictures.jsonl",
            "{\"path\":\"data/secret.txt\",\"uri\":\"gs://demo-bucket/x\",\"media_type\":\"image/png\",\"bytes\":3}\n",
        ),
        ("dataset.json", "{\"files\": []}"),
    ] {
        let (ports, files) = world(30);
        let spoiled = files.clone();
        let tuner = finetuner(&ports).on_update(move |u| {
            if let crate::job::Update::Job(job) = u
                && matches!(job.state, State::Uploading { .. })
            {
                spoiled.insert(&format!("{folder}/{file}"), spoil);
            }
        });
        let mut c = config(ProviderName::Gemini, Scenario::Success);
        c.base_model = "gemini-2.5-flash".to_owned();
        c.provider_options.bucket = Some("demo-bucket".to_owned());
        let job = block_on(tuner.run(&c)).unwrap();
        let State::Failed { error, .. } = &job.state else {
            panic!("{file}: {:?}", job.state);
        };
        assert_eq!(error.code, "dataset_changed", "{file}: {error:?}");
        assert!(error.message.contains(file), "{file}: {error:?}");
        assert!(error.hint.contains("put the old file back"), "{error:?}");
        assert_eq!(remote_jobs(&ports), 0);
        let uploads = block_on(ports.store.scan("simulated/files")).unwrap();
        assert!(uploads.is_empty(), "{file}");
    }
    // Untouched, it is sent.
    let (ports, _) = world(30);
    let mut c = config(ProviderName::Gemini, Scenario::Success);
    c.base_model = "gemini-2.5-flash".to_owned();
    c.provider_options.bucket = Some("demo-bucket".to_owned());
    let job = block_on(finetuner(&ports).run(&c)).unwrap();
    assert!(matches!(job.state, State::Succeeded { .. }), "{job:?}");
}

#[test]
fn a_missing_key_is_named_before_anything_is_sent() {
    let (ports, _) = world(50);
    let mut c = config(ProviderName::Gemini, Scenario::Success);
    c.base_model = "gemini-2.5-flash".to_owned();
    c.provider_options.simulated = None;
    c.provider_options.project = Some("my-project".to_owned());
    c.provider_options.location = Some("us-central1".to_owned());
    c.provider_options.bucket = Some("my-bucket".to_owned());
    let before = block_on(finetuner(&ports).preflight(&c, Ask::Nobody)).unwrap();
    let missing = before
        .problems
        .iter()
        .find(|p| p.code == "key_missing")
        .unwrap();
    assert_eq!(missing.path, "VERTEX_ACCESS_TOKEN");
    // What would be sent is told all the same: pictures apart from the lines.
    let whats: Vec<&str> = before.sends.iter().map(|s| s.what).collect();
    assert_eq!(whats, ["training lines", "validation lines", "pictures"]);
    assert!(
        before
            .sends
            .iter()
            .all(|s| s.host == "storage.googleapis.com")
    );
    assert_eq!(before.sends[2].images, 50);
}

#[test]
fn without_a_key_or_in_practice_nobody_is_asked() {
    let (ports, _) = world(50);
    let tuner = finetuner(&ports);
    let mut c = config(ProviderName::OpenAi, Scenario::Success);
    // The network of this world refuses everything: asking would be a problem.
    let practice = block_on(tuner.preflight(&c, Ask::Vendor)).unwrap();
    assert!(practice.ok(), "{:?}", practice.problems);
    let rows: Vec<&str> = practice.rows.iter().map(|r| r.what).collect();
    assert_eq!(rows, ["Settings", "Dataset"]);
    c.provider_options.simulated = None;
    let real = block_on(tuner.preflight(&c, Ask::Vendor)).unwrap();
    let errors: Vec<&str> = real
        .problems
        .iter()
        .filter(|p| p.is_error())
        .map(|p| &*p.code)
        .collect();
    assert_eq!(errors, ["key_missing"]);
    let state = |what: &str| real.rows.iter().find(|r| r.what == what).unwrap().state;
    assert_eq!(state("Key"), RowState::Problem);
    assert_eq!(state("Base model"), RowState::Unknown);
}
