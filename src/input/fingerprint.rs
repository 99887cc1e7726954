//! What tells whether the input of a run is the same another time.
//!
//! A file in a folder is told by its checksum, before anything is read of it for the run. A pipe can
//! be read only once: it is told by its records, as they go by.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Article, Origin, Rejected};
use crate::checksum::{Checksum, hexadecimal};

/// A file of the input.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Its name in messages.
    pub file: String,
    /// What it holds; none of what can be read only once, or not at all.
    #[serde(flatten)]
    pub checksum: Option<Checksum>,
}

/// The records that have gone by, summed up: the same records in the same order have the same sum.
#[derive(Clone, Default)]
pub struct RecordSum(Sha256);

impl RecordSum {
    /// Adds one.
    pub fn add(&mut self, record: &Result<Article, Rejected>) {
        match record {
            Ok(article) => self.add_article(article),
            Err(rejected) => self.add_rejected(rejected),
        }
    }

    /// Adds an article.
    pub fn add_article(&mut self, article: &Article) {
        self.add_origin("article", &article.origin);
        let Article {
            id,
            source,
            date,
            title,
            text,
            ..
        } = article;
        for words in [id, source, date, title, text]
            .into_iter()
            .chain(&article.kept)
        {
            self.add_words(words);
        }
    }

    /// Adds a record that gave no article.
    pub fn add_rejected(&mut self, rejected: &Rejected) {
        self.add_origin("rejected", &rejected.origin);
        self.add_words(&rejected.reason);
        self.add_words(&rejected.beginning);
    }

    /// The sum, in hexadecimal.
    pub fn sum(&self) -> String {
        hexadecimal(&self.0.clone().finalize())
    }

    fn add_origin(&mut self, kind: &str, origin: &Origin) {
        self.add_words(kind);
        self.add_words(&origin.to_string());
    }

    /// With their length, or the end of one could be taken for the beginning of the next.
    fn add_words(&mut self, words: &str) {
        self.0.update((words.len() as u64).to_le_bytes());
        self.0.update(words);
    }
}

impl fmt::Debug for RecordSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RecordSum").field(&self.sum()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use super::*;

    #[test]
    fn records_that_differ_in_a_word_its_place_or_their_order_have_other_sums() {
        let sum = |csv: &str| {
            let (articles, _) = read("a.csv", csv.as_bytes());
            let mut records = RecordSum::default();
            for article in articles {
                records.add(&Ok(Article {
                    origin: Origin {
                        file: "a.csv".into(),
                        ..article.origin
                    },
                    ..article
                }));
            }
            records.sum()
        };
        let first = sum("id,title,text\nx,ab,c\ny,d,e\n");
        assert_eq!(first, sum("id,title,text\nx,ab,c\ny,d,e\n"));
        for other in [
            "id,title,text\nx,a,bc\ny,d,e\n",
            "id,title,text\ny,d,e\nx,ab,c\n",
            "id,title,text\nx,ab,c\n",
        ] {
            assert_ne!(first, sum(other));
        }
    }
}
