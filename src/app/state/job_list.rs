//! Which jobs the list shows.

use crate::job::FineTuneJob;

/// Jobs shown at first, and more at each asking.
pub const PAGE: usize = 100;

/// The jobs that hold every word of `typed` in their names, state, provider, models, tags or
/// note, whatever the case. Archived jobs come only when `archived` is among the words.
pub fn chosen<'a>(jobs: &'a [FineTuneJob], typed: &str) -> Vec<&'a FineTuneJob> {
    let typed = typed.to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    jobs.iter()
        .filter(|j| !j.archived || words.contains(&"archived"))
        .filter(|j| {
            let text = about(j);
            words.iter().all(|w| text.contains(w))
        })
        .collect()
}

/// Jobs that are put away.
pub fn archived(jobs: &[FineTuneJob]) -> usize {
    jobs.iter().filter(|j| j.archived).count()
}

fn about(j: &FineTuneJob) -> String {
    let tags: Vec<&str> = j.tags.iter().map(String::as_str).collect();
    [
        j.job_id.as_str(),
        j.state.label(),
        j.provider.vendor().label(),
        &j.config.base_model,
        j.model_name.as_deref().unwrap_or_default(),
        &tags.join("\n"),
        &j.note,
        if j.simulated { "simulated" } else { "real" },
        if j.archived { "archived" } else { "" },
    ]
    .join("\n")
    .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Timestamp;
    use crate::job::FineTuneConfig;
    use crate::provider::ProviderName;

    fn job(id: &str, provider: ProviderName) -> FineTuneJob {
        let config = FineTuneConfig::new("d.jsonl", provider, "base-model");
        FineTuneJob::new(id.into(), config, id.into(), Timestamp::from_millis(0))
    }

    #[test]
    fn every_word_counts_and_archived_jobs_are_asked_for() {
        let mut jobs = vec![
            job("night-1", ProviderName::OpenAi),
            job("night-2", ProviderName::Gemini),
            job("old", ProviderName::OpenAi),
        ];
        jobs[1].tags.insert("Tables".into());
        jobs[2].archived = true;
        let ids = |typed: &str| -> Vec<&str> {
            let found = chosen(&jobs, typed);
            found.iter().map(|j| j.job_id.as_str()).collect()
        };
        assert_eq!(ids(""), ["night-1", "night-2"]);
        assert_eq!(ids("night openai"), ["night-1"]);
        assert_eq!(ids("  TABLES "), ["night-2"]);
        assert_eq!(ids("archived"), ["old"]);
        assert_eq!(ids("nothing"), [""; 0]);
        assert_eq!(archived(&jobs), 1);
    }
}
