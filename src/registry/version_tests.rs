//! Versions, aliases, tags, and documents from before there were any.

use std::rc::Rc;

use serde_json::Value;

use crate::base::fakes::{MemoryStore, VirtualClock};
use crate::base::ports::{Batch, Expect, Store as _};
use crate::base::system::block_on;
use crate::base::time::Timestamp;
use crate::job::{FineTuneJob, ModelSink, TunedModel};
use crate::provider::{ProviderName, Simulation};
use crate::registry::tests::{TUNED, imported, job, now, registry};
use crate::registry::{Lifetime, LlmConfig, LlmConfigRegistry, REGISTRY};

/// A document that was really stored before there were versions.
const RECORDED: &str = include_str!("../../tests/registry/entry-v1.json");

fn register(r: &LlmConfigRegistry, key: &str, job: &FineTuneJob, model: &str) {
    block_on(r.check(key, &job.job_id)).unwrap();
    block_on(r.register(TunedModel { key, job, model })).unwrap();
}

fn job_called(id: &str) -> FineTuneJob {
    let mut job = job(ProviderName::OpenAi, "gpt-4o-2024-08-06");
    job.job_id = id.to_owned();
    job
}

fn versions(r: &LlmConfigRegistry, key: &str) -> Vec<(u32, String)> {
    let all = block_on(r.versions(key)).unwrap();
    all.into_iter()
        .map(|e| (e.version, e.provenance.job_id.unwrap_or_default()))
        .collect()
}

fn code<T: std::fmt::Debug>(result: crate::Result<T>) -> String {
    result.unwrap_err().code().to_owned()
}

#[test]
fn each_job_is_a_version_and_the_same_job_is_none() {
    let r = registry();
    register(&r, "K", &job_called("a"), TUNED);
    register(&r, "K", &job_called("a"), TUNED);
    register(&r, "K", &job_called("b"), "ft:gpt-4o-2024-08-06:org::b");
    let pairs = [(1, "a".to_owned()), (2, "b".to_owned())];
    assert_eq!(versions(&r, "K"), pairs);
    // A job was deleted, and another one of its name trained another model.
    let l = registry();
    register(&l, "K", &job_called("a"), TUNED);
    register(&l, "K", &job_called("a"), "ft:gpt-4o-2024-08-06:org::a2");
    assert_eq!(versions(&l, "K").len(), 2);
    assert_eq!(block_on(l.get("K")).unwrap().version, 2);
    let first = block_on(r.get("K@1")).unwrap();
    assert_eq!(first.config.model_name, TUNED);
    assert_eq!(block_on(r.get("K")).unwrap().version, 2);
    assert_eq!(block_on(r.list()).unwrap().len(), 1);
    for (reference, expected) in [
        ("K@3", "llm_version_missing"),
        ("K@x", "llm_version_missing"),
        ("L", "llm_config_missing"),
        ("L@1", "llm_config_missing"),
        ("", "llm_config_missing"),
    ] {
        assert_eq!(code(block_on(r.get(reference))), expected, "{reference:?}");
    }
    // By hand a taken key is refused, as Skyvern refuses it; deregistering frees it.
    let config = LlmConfig::new("m", &[]);
    let again = block_on(r.register_config("K", config.clone()));
    assert_eq!(code(again), "duplicate_llm_config");
    block_on(r.deregister_config("K")).unwrap();
    assert_eq!(block_on(r.register_config("K", config)).unwrap().version, 1);
}

#[test]
fn a_practice_run_never_takes_the_place_of_a_real_model() {
    let r = registry();
    register(&r, "K", &job_called("real"), TUNED);
    let mut practice = job_called("practice");
    practice.config.provider_options.simulated = Some(Simulation::default());
    practice.simulated = true;
    register(&r, "K", &practice, "ft:x:SIMULATED");
    assert_eq!(versions(&r, "K").len(), 2);
    assert_eq!(block_on(r.get("K")).unwrap().config.model_name, TUNED);
    register(&r, "P", &practice, "ft:x:SIMULATED");
    assert!(block_on(r.get("P")).unwrap().provenance.simulated);
    register(&r, "P", &job_called("real"), TUNED);
    assert!(!block_on(r.get("P")).unwrap().provenance.simulated);
}

#[test]
fn an_alias_stays_with_its_version_until_it_is_moved() {
    let r = registry();
    register(&r, "K", &job_called("a"), TUNED);
    let alias = block_on(r.set_alias("production", "K")).unwrap();
    assert_eq!((alias.key.as_str(), alias.version), ("K", 1));
    register(&r, "K", &job_called("b"), "ft:b");
    assert_eq!(block_on(r.get("production")).unwrap().version, 1);
    assert_eq!(block_on(r.get("K")).unwrap().version, 2);
    assert_eq!(code(block_on(r.remove_version("K", 1))), "version_aliased");
    block_on(r.set_alias("production", "K@2")).unwrap();
    assert_eq!(block_on(r.get("production")).unwrap().version, 2);
    block_on(r.remove_version("K", 1)).unwrap();
    assert_eq!(code(block_on(r.get("K@1"))), "llm_version_missing");
    // The number of a removed version is not given again.
    block_on(r.remove_alias("production")).unwrap();
    block_on(r.remove_version("K", 2)).unwrap();
    assert_eq!(code(block_on(r.get("K"))), "llm_config_missing");

    register(&r, "K", &job_called("a"), TUNED);
    register(&r, "K", &job_called("b"), TUNED);
    block_on(r.remove_version("K", 2)).unwrap();
    register(&r, "K", &job_called("c"), TUNED);
    assert_eq!(
        versions(&r, "K"),
        [(1, "a".to_owned()), (3, "c".to_owned())]
    );

    assert_eq!(code(block_on(r.set_alias("K", "K@1"))), "alias_taken");
    assert_eq!(code(block_on(r.set_alias("a b", "K"))), "registry_alias");
    assert_eq!(
        code(block_on(r.set_alias("x", "K@2"))),
        "llm_version_missing"
    );
    block_on(r.set_alias("x", "K")).unwrap();
    assert_eq!(code(block_on(r.check("x", "j"))), "alias_taken");
    block_on(r.deregister_config("K")).unwrap();
    assert!(block_on(r.aliases()).unwrap().is_empty());
}

#[test]
fn tags_and_notes_belong_to_a_version() {
    let r = registry();
    register(&r, "K", &job_called("a"), TUNED);
    register(&r, "K", &job_called("b"), TUNED);
    let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let e = block_on(r.tag("K@1", &list(&["wide", " best ", "wide"]), &[])).unwrap();
    assert_eq!(e.tags, ["best", "wide"]);
    let e = block_on(r.tag("K@1", &list(&["new"]), &list(&["wide"]))).unwrap();
    assert_eq!(e.tags, ["best", "new"]);
    block_on(r.set_note("K@1", "asks for 1280 px")).unwrap();
    assert_eq!(block_on(r.get("K@1")).unwrap().note, "asks for 1280 px");
    let second = block_on(r.get("K")).unwrap();
    assert!(second.tags.is_empty() && second.note.is_empty());
    for bad in ["", "a,b"] {
        assert_eq!(
            code(block_on(r.tag("K", &list(&[bad]), &[]))),
            "registry_tag"
        );
    }
    let text = block_on(r.export_json()).unwrap();
    block_on(r.set_alias("production", "K@1")).unwrap();
    let with_alias = block_on(r.export_json()).unwrap();
    assert_ne!(text, with_alias);
    let other = registry();
    assert_eq!(imported(&other, &with_alias), (2, 0));
    assert_eq!(block_on(other.export_json()).unwrap(), with_alias);
    block_on(other.set_note("K@2", "changed")).unwrap();
    let clash = block_on(other.import_json(&with_alias));
    assert_eq!(code(clash), "duplicate_llm_config");
    let mut dangling: Value = serde_json::from_str(&with_alias).unwrap();
    dangling["aliases"][0]["version"] = 7.into();
    let dangling = block_on(registry().import_json(&dangling.to_string()));
    assert_eq!(code(dangling), "llm_version_missing");
}

#[test]
fn a_document_from_before_versions_is_the_first_version() {
    let store = MemoryStore::new();
    let value: Value = serde_json::from_str(RECORDED).unwrap();
    let batch = Batch::new().put(REGISTRY, "MY_MODEL", value.clone(), Expect::Absent);
    block_on(store.commit(batch)).unwrap();
    let r = LlmConfigRegistry::new(Rc::new(store.clone()), Rc::new(VirtualClock::new(now())));
    let read = block_on(r.get("MY_MODEL")).unwrap();
    assert_eq!(read.version, 1);
    assert_eq!(read.provenance.validation_loss, Some(0.118));
    assert_eq!(read.provenance.image_size, Some([1280, 720]));
    // Reading changes nothing; the next change writes the new form and loses nothing.
    let held = block_on(store.get(REGISTRY, "MY_MODEL")).unwrap().unwrap();
    assert_eq!(held.value, value);
    block_on(r.set_note("MY_MODEL", "kept")).unwrap();
    let held = block_on(store.get(REGISTRY, "MY_MODEL")).unwrap().unwrap();
    assert_eq!(held.value["schema"], 2);
    for field in [
        "key",
        "config",
        "provenance",
        "provider_options",
        "registered_at",
    ] {
        assert_eq!(held.value["versions"][0][field], value[field], "{field}");
    }
    register(&r, "MY_MODEL", &job_called("later"), TUNED);
    assert_eq!(block_on(r.get("MY_MODEL")).unwrap().version, 2);
    // The exported file of that time.
    let file = format!("[{RECORDED}]");
    assert_eq!(imported(&registry(), &file), (1, 0));
    // A document of the future is not touched.
    let mut future = held.value;
    future["schema"] = 9.into();
    let batch = Batch::new().put(REGISTRY, "MY_MODEL", future, Expect::Any);
    block_on(store.commit(batch)).unwrap();
    assert_eq!(code(block_on(r.get("MY_MODEL"))), "registry_schema");
    assert_eq!(
        code(block_on(r.set_note("MY_MODEL", "x"))),
        "registry_schema"
    );
}

#[test]
fn the_end_of_a_model_is_known() {
    let r = registry();
    register(&r, "K", &job_called("a"), TUNED);
    let e = block_on(r.get("K")).unwrap();
    assert_eq!(e.provenance.end_of_life.as_deref(), Some("2027-01-14"));
    assert!(!e.has_ended(now()));
    let day = |text: &str| crate::base::time::Timestamp::parse(text).unwrap();
    assert!(!e.has_ended(day("2027-01-13T23:59:59Z")));
    assert!(e.has_ended(day("2027-01-14T00:00:00Z")));
}

#[test]
fn an_older_version_is_chosen_until_a_newer_model_comes() {
    let r = registry();
    register(&r, "K", &job_called("a"), TUNED);
    register(&r, "K", &job_called("b"), TUNED);
    assert_eq!(block_on(r.set_current("K@1")).unwrap().version, 1);
    assert_eq!(block_on(r.get("K")).unwrap().version, 1);
    assert_eq!(block_on(r.lineages()).unwrap()[0].current, 1);

    // The choice goes along in a file, for a key that is new there.
    let file = block_on(r.export_json()).unwrap();
    let other = registry();
    block_on(other.import_json(&file)).unwrap();
    assert_eq!(block_on(other.get("K")).unwrap().version, 1);
    assert_eq!(imported(&other, &file).0, 0);

    // A practice run changes nothing, and cannot be chosen beside real models.
    let mut practice = job_called("p");
    practice.simulated = true;
    register(&r, "K", &practice, "SIMULATED-x");
    assert_eq!(block_on(r.get("K")).unwrap().version, 1);
    assert_eq!(code(block_on(r.set_current("K@3"))), "version_simulated");
    let l = block_on(r.lineages()).unwrap().remove(0);
    let may = [1, 2, 3, 4].map(|n| l.may_become_current(n));
    assert_eq!(may, [false, true, false, false]);
    register(&r, "K", &job_called("c"), TUNED);
    assert_eq!(block_on(r.get("K")).unwrap().version, 4);

    // A chosen version that is removed leaves the newest.
    block_on(r.set_current("K@2")).unwrap();
    block_on(r.remove_version("K", 2)).unwrap();
    assert_eq!(block_on(r.get("K")).unwrap().version, 4);
    assert_eq!(code(block_on(r.set_current("K@2"))), "llm_version_missing");
    block_on(r.set_current("K@4")).unwrap();
    assert!(!block_on(r.export_json()).unwrap().contains("\"current\""));
}

#[test]
fn what_was_removed_comes_back_whole_or_not_at_all() {
    let r = registry();
    register(&r, "K", &job_called("a"), TUNED);
    register(&r, "K", &job_called("b"), TUNED);
    block_on(r.set_alias("production", "K@1")).unwrap();
    block_on(r.set_current("K@1")).unwrap();
    let before = block_on(r.lineages()).unwrap();
    assert_eq!(before[0].aliases_of(1).collect::<Vec<_>>(), ["production"]);
    for (reference, version) in [("K", 1), ("K@2", 2), ("production", 1)] {
        assert_eq!(before[0].find(reference).unwrap().version, version);
    }
    assert!(before[0].find("L@1").is_none() && before[0].find("canary").is_none());

    let gone = block_on(r.take("K")).unwrap().unwrap();
    assert!(block_on(r.lineages()).unwrap().is_empty());
    assert!(block_on(r.aliases()).unwrap().is_empty());
    block_on(r.put_back(&gone)).unwrap();
    assert_eq!(block_on(r.lineages()).unwrap(), before);
    assert_eq!(code(block_on(r.put_back(&gone))), "duplicate_llm_config");
    assert!(block_on(r.take("L")).unwrap().is_none());

    // A name that means something else by now.
    let gone = block_on(r.take("K")).unwrap().unwrap();
    register(&r, "production", &job_called("c"), TUNED);
    assert_eq!(code(block_on(r.put_back(&gone))), "alias_taken");
    assert!(!block_on(r.is_registered("K")).unwrap());
    block_on(r.deregister_config("production")).unwrap();
    block_on(r.put_back(&gone)).unwrap();

    // One version; its number stays its own.
    let second = block_on(r.remove_version("K", 2)).unwrap();
    block_on(r.put_back_version(&second)).unwrap();
    assert_eq!(block_on(r.lineages()).unwrap(), before);
    assert_eq!(
        code(block_on(r.put_back_version(&second))),
        "duplicate_llm_config"
    );
}

#[test]
fn the_end_of_a_model_is_warned_of_in_time() {
    let r = registry();
    let config = LlmConfig::new("driver/model", &[]);
    let mut e = block_on(r.register_config("K", config)).unwrap();
    let at = |text: &str| Timestamp::parse(text).unwrap();
    assert_eq!(e.lifetime(at("2026-01-01")), Lifetime::Open);
    e.provenance.end_of_life = Some("2026-04-11".to_owned());
    for (now, expected) in [
        ("2026-01-01", Lifetime::Ends { days: 100 }),
        ("2026-01-12T00:00:01Z", Lifetime::Soon { days: 89 }),
        ("2026-04-10T23:59:59Z", Lifetime::Soon { days: 1 }),
        ("2026-04-11", Lifetime::Ended),
        ("2027-01-01", Lifetime::Ended),
    ] {
        assert_eq!(e.lifetime(at(now)), expected, "{now}");
        assert_eq!(e.has_ended(at(now)), expected == Lifetime::Ended);
    }
}
