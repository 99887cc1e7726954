//! Who the user asks about: the parties file, and the places in a sentence that name a party.
//!
//! A [`Parties`] holds what the file says, checked: an alias means one party only. Finding aliases
//! in a sentence is [`Parties::named_in`]; who is meant by a title or a pronoun is for
//! [`mention`](crate::mention) to say.

mod alias;
mod file;

use std::fmt;
use std::path::Path;

use serde::Deserialize;

use crate::error::Result;
use crate::span::ByteSpan;
use alias::Aliases;

/// What sort of party it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One human being.
    Person,
    /// A ministry, company, court, political party, army, …
    Organisation,
    /// A country, city or region, and its government where the name stands for it.
    Place,
    /// People who share something: voters, refugees, farmers, …
    Group,
}

/// The pronouns that can stand for a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pronouns {
    /// he, him, his
    He,
    /// she, her, hers
    She,
    /// they, them, their
    They,
    /// it, its
    It,
}

/// One party of the parties file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The name that the rows show; it is an alias too.
    pub name: String,
    /// What sort of party it is, if the file says.
    pub kind: Option<Kind>,
    /// Further words that name it.
    pub aliases: Vec<String>,
    /// Phrases in which an alias does not name it.
    pub exclude: Vec<String>,
    /// The pronouns that can stand for it, if the file says.
    pub pronouns: Option<Pronouns>,
}

/// Which party: its place in the parties file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyId(pub usize);

/// Who is named in a sentence by an alias.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Whom, and where.
    pub mentions: Vec<(PartyId, ByteSpan)>,
    /// Whom an alias would have named, did it not stand in an exclude phrase.
    pub excluded: Vec<PartyId>,
}

/// All parties of a run, ready to be found in text.
pub struct Parties {
    parties: Vec<Party>,
    aliases: Aliases,
    checksum: Option<String>,
}

impl Parties {
    /// Reads a parties file: CSV if its name ends in `.csv`, TOML otherwise.
    ///
    /// # Errors
    /// If the file cannot be read or understood, an alias or name is empty, a party stands in it
    /// twice, or two parties share an alias. The message names the lines.
    pub fn load(path: &Path) -> Result<Self> {
        let (parties, checksum) = file::read(path)?;
        Ok(Self {
            checksum: Some(checksum),
            ..Self::new(parties)
        })
    }

    /// These parties, taken as they are: that no alias means two of them is for the caller to see to.
    pub fn new(parties: Vec<Party>) -> Self {
        let aliases = Aliases::new(&parties);
        Self {
            parties,
            aliases,
            checksum: None,
        }
    }

    /// No parties: only sentiment is scored.
    pub fn none() -> Self {
        Self::new(Vec::new())
    }

    /// The SHA-256 of the file that they were read from, in hexadecimal.
    pub fn checksum(&self) -> Option<&str> {
        self.checksum.as_deref()
    }

    /// The party that `id` stands for.
    pub fn party(&self, id: PartyId) -> &Party {
        &self.parties[id.0]
    }

    /// All parties, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Party> {
        self.parties.iter()
    }

    /// How many parties there are.
    pub fn len(&self) -> usize {
        self.parties.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parties.is_empty()
    }

    /// The places in `sentence` where an alias names a party, in order, none overlapping.
    ///
    /// Of overlapping aliases the longest wins. Aliases match whole words; a possessive or a
    /// contraction after one ("Israel’s", "Hamas'") is left out of the place. An alias with a
    /// capital letter matches in that case only, one without in any.
    pub fn named_in(&self, sentence: &str) -> Named {
        self.aliases.find(sentence)
    }
}

impl fmt::Debug for Parties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.parties).finish()
    }
}
