//! Answers kept in a store as they come, so that a comparison goes on where it stopped.

use std::fmt;
use std::rc::Rc;

use crate::base::hash;
use crate::base::ports::{Batch, Expect, Store};
use crate::error::{Error, Result};
use crate::registry::compare::{Answer, Answers, collect_answers};

/// The answers of one model to the questions of one source.
#[derive(Clone)]
pub struct AnswerBook {
    store: Rc<dyn Store>,
    collection: String,
}

impl fmt::Debug for AnswerBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnswerBook").field(&self.collection).finish()
    }
}

impl AnswerBook {
    /// The book of what tells answers apart: `source` (the fingerprint of a dataset, or the text
    /// of a benchmark file) and `model` (its name, and how it is asked).
    pub fn new(store: Rc<dyn Store>, source: &str, model: &str) -> Self {
        let name = hash::key64([
            b"compare/book".as_slice(),
            source.as_bytes(),
            model.as_bytes(),
        ]);
        Self {
            store,
            collection: format!("answers/{name:016x}"),
        }
    }

    /// Everything in it.
    ///
    /// # Errors
    /// `answer_json` for a damaged answer, or a failure of storage.
    pub async fn read(&self) -> Result<Answers> {
        let docs = self.store.scan(&self.collection).await?;
        let answers: Result<Vec<Answer>> = docs
            .into_iter()
            .map(|d| {
                serde_json::from_value(d.value)
                    .map_err(|e| Error::data("answer_json", e.to_string()).at(d.key))
            })
            .collect();
        collect_answers(answers?)
    }

    /// Adds an answer, or replaces the one to the same question.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn keep(&self, answer: &Answer) -> Result<()> {
        self.put([answer]).await
    }

    /// Adds several answers, all or none; each replaces the one to the same question.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn keep_all(&self, answers: &Answers) -> Result<()> {
        self.put(answers.values()).await
    }

    async fn put<'a>(&self, answers: impl IntoIterator<Item = &'a Answer>) -> Result<()> {
        let mut batch = Batch::new();
        for answer in answers {
            let value = serde_json::to_value(answer)?;
            batch = batch.put(&self.collection, &answer.id, value, Expect::Any);
        }
        self.store.commit(batch).await.map(|_| ())
    }

    /// Forgets all of it.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn clear(&self) -> Result<()> {
        let docs = self.store.scan(&self.collection).await?;
        let batch = docs.iter().fold(Batch::new(), |b, d| {
            b.delete(&self.collection, &d.key, Expect::Any)
        });
        self.store.commit(batch).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::fakes::MemoryStore;
    use crate::base::system::block_on;

    #[test]
    fn answers_stay_with_their_model_and_source() {
        let store: Rc<dyn Store> = Rc::new(MemoryStore::new());
        let book = |source: &str, model: &str| AnswerBook::new(Rc::clone(&store), source, model);
        let answer = |id: &str, text: &str| Answer {
            id: id.to_owned(),
            answer: text.to_owned(),
            ..Answer::default()
        };
        let (a, b) = (book("s", "m"), book("s", "n"));
        block_on(a.keep(&answer("1/t0", "old"))).unwrap();
        block_on(a.keep(&answer("1/t0", "new"))).unwrap();
        let more = collect_answers([answer("2/t0", "x")]).unwrap();
        block_on(a.keep_all(&more)).unwrap();
        block_on(b.keep(&answer("1/t0", "other"))).unwrap();
        let read = |book: &AnswerBook| block_on(book.read()).unwrap();
        assert_eq!(read(&a).len(), 2);
        assert_eq!(read(&book("s", "m"))["1/t0"].answer, "new");
        assert_eq!(read(&b)["1/t0"].answer, "other");
        assert!(read(&book("sm", "")).is_empty());
        block_on(a.clear()).unwrap();
        assert_eq!((read(&a).len(), read(&b).len()), (0, 1));
    }
}
