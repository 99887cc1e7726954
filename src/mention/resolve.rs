//! The reading of an article from its first word to its last: who is meant by names, titles and
//! pronouns, as far as what stands before tells.

use std::collections::HashSet;
use std::ops::Range;

use super::cast::{Cast, FigureId};
use super::lexicon::{self, Gender};
use super::name::{Kind, Name, Names};
use super::page::{Page, Word};
use super::{Link, Links, Mention, Referent};
use crate::parties::{self, Parties, PartyId, Pronouns};
use crate::span::ByteSpan;

/// How many of those seen before are looked at for whom a pronoun or a title means: the sentences that
/// it may point to have fewer, unless they are as long as an article.
pub(super) const IN_VIEW: usize = 200;

/// Somebody seen in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Who it is; nothing for somebody without a name: “a woman”.
    pub(super) figure: Option<FigureId>,
    pub(super) gender: Gender,
    pub(super) kind: Kind,
    pub(super) word: usize,
    pub(super) sentence: usize,
    pub(super) beat: usize,
    pub(super) quotation: Option<usize>,
}

/// The reading under way.
pub(super) struct Reading<'p, 't> {
    pub(super) page: &'p Page<'t>,
    pub(super) names: Names<'p, 't>,
    pub(super) parties: &'p Parties,
    pub(super) links: Links,
    pub(super) cast: Cast<'p>,
    pub(super) seen: Vec<Seen>,
    /// Acronyms that the text has introduced in brackets.
    pub(super) acronyms: Vec<(&'p str, PartyId)>,
    /// Words that are a part of an alias.
    pub(super) taken: HashSet<usize>,
    pub(super) mentions: Vec<Mention>,
    pub(super) referents: Vec<Referent>,
}

impl<'p, 't> Reading<'p, 't> {
    pub(super) fn new(page: &'p Page<'t>, parties: &'p Parties, links: Links) -> Self {
        let taken = page
            .aliases
            .iter()
            .flat_map(|(start, (end, _))| *start..*end);
        Self {
            page,
            names: Names::new(page),
            parties,
            links,
            cast: Cast::new(parties),
            seen: Vec::new(),
            acronyms: Vec::new(),
            taken: taken.collect(),
            mentions: Vec::new(),
            referents: Vec::new(),
        }
    }

    /// Reads the page to its end.
    pub(super) fn read(mut self) -> (Vec<Mention>, Vec<Referent>) {
        let mut at = 0;
        while at < self.page.words.len() {
            at = self.step(at);
        }
        (self.mentions, self.referents)
    }

    /// Reads what begins with the word at `at`; the word after it.
    fn step(&mut self, at: usize) -> usize {
        if let Some(&(end, party)) = self.page.aliases.get(&at) {
            // “Blinken Jr.” and “Biden Foundation” go on after the alias.
            self.alias(at..end, party);
            return end;
        }
        if let Some(name) = self.names.at(at) {
            return self.name(&name);
        }
        let word = &self.page.words[at];
        if !word.is_word() {
            return at + 1;
        }
        if word.lower == "the"
            && let Some(end) = self.office(at + 1).or_else(|| self.organisation(at + 1))
        {
            return end;
        }
        if let Some(gender) = self.somebody(at) {
            self.see(None, gender, Kind::Person, at);
            return at + 1;
        }
        self.pronoun(at);
        at + 1
    }

    pub(super) fn see(&mut self, figure: Option<FigureId>, gender: Gender, kind: Kind, at: usize) {
        let word = &self.page.words[at];
        self.seen.push(Seen {
            figure,
            gender,
            kind,
            word: at,
            sentence: word.sentence,
            beat: word.beat,
            quotation: word.quotation,
        });
    }

    pub(super) fn see_figure(&mut self, figure: FigureId, at: usize) {
        let (gender, kind) = (
            self.cast.figures[figure].gender,
            self.cast.figures[figure].kind,
        );
        self.see(Some(figure), gender, kind, at);
    }

    /// An alias: the figure of its party, with the offices around it.
    pub(super) fn alias(&mut self, span: Range<usize>, party: PartyId) {
        let figure = self.cast.party(party, span.clone());
        self.see_figure(figure, span.start);
        let first = &self.page.words[span.start];
        if first.is_capitalised() {
            self.learn_offices(figure, span.clone());
            self.learn_acronym(party, span);
        }
    }

    /// A name: whose it is, and a title link if that is a party.
    fn name(&mut self, name: &Name) -> usize {
        // An alias inside, as in “President Joe Biden”, says who it is.
        let inner = name.whole.clone().skip(1).find_map(|at| {
            self.page
                .aliases
                .get(&at)
                .map(|&(end, party)| (at, end, party))
        });
        if let Some((at, end, party)) = inner {
            let before = name.core.start.min(at)..at;
            // “Biologist Nick Bos”: nothing before a full name makes another’s of it.
            let is_other = name.core.start < at && end == at + 1 && self.is_other(party, before);
            if !is_other {
                self.alias(at..end, party);
                return end.max(name.whole.end);
            }
        }
        if name.core.is_empty() {
            return self.office_alone(name);
        }
        if self.link_acronym(name) {
            return name.whole.end;
        }
        let figure = self.cast.named(name, self.page);
        self.see_figure(figure, name.core.start);
        if self.cast.figures[figure].party.is_some() && inner.is_none() {
            self.link_name(figure, name);
        } else if self.cast.figures[figure].party.is_none() {
            self.learn_offices(figure, name.core.clone());
            self.refer(name.core.clone(), figure, true);
        }
        name.whole.end
    }

    /// Whether the words before an alias make it another’s name: “Hunter Biden”.
    fn is_other(&self, party: PartyId, before: Range<usize>) -> bool {
        let party = self.parties.party(party);
        let known: Vec<String> = [&party.name]
            .into_iter()
            .chain(&party.aliases)
            .flat_map(|name| name.split_whitespace().map(str::to_lowercase))
            .collect();
        let words = self.page.words[before].iter().filter(|word| word.is_word());
        let is_single = party.name.split_whitespace().count() == 1;
        let is_new = |word: &Word<'_>| {
            word.text.trim_end_matches('.').len() > 1 && !known.contains(&word.lower)
        };
        words.clone().any(is_new) && !(is_single && words.count() == 1)
    }

    /// A title link by the family name, or by another part of the name.
    fn link_name(&mut self, figure: FigureId, name: &Name) {
        let Some(party) = self.cast.figures[figure].party else {
            return;
        };
        let is_person = self.cast.figures[figure].kind == Kind::Person;
        let word = self.page.words[name.core.start].lower.as_str();
        let is_one = name.core.len() == 1;
        // The programme “Morning Joe” is not Joe.
        let before = name
            .whole
            .start
            .checked_sub(1)
            .map(|at| &self.page.words[at]);
        let is_part = !self.cast.figures[figure].has_surname(word)
            && before.is_some_and(|before| before.is_capitalised())
            && !self.page.is_opening(name.whole.start);
        let is_ambiguous = is_one
            && name.titles().is_empty()
            && (is_part || self.cast.is_shared(figure, word) || lexicon::is_place(word));
        if is_person && !is_ambiguous {
            self.link(party, name.whole.clone(), Link::Title);
        }
    }

    pub(super) fn link(&mut self, party: PartyId, words: Range<usize>, link: Link) {
        let is_wanted = match link {
            Link::Alias => true,
            Link::Title => self.links != Links::Alias,
            Link::Pronoun => self.links == Links::All,
        };
        if is_wanted && !words.clone().any(|at| self.taken.contains(&at)) {
            self.mentions.push(Mention {
                party,
                span: self.page.span(words.start, words.end),
                link,
            });
        }
        if let Some(figure) = self.cast.figure_of(party) {
            self.refer(words, figure, false);
        }
    }

    pub(super) fn refer(&mut self, words: Range<usize>, figure: FigureId, is_name: bool) {
        self.refer_at(self.page.span(words.start, words.end), figure, is_name);
    }

    pub(super) fn refer_at(&mut self, span: ByteSpan, figure: FigureId, is_name: bool) {
        let figure = &self.cast.figures[figure];
        self.referents.push(Referent {
            span,
            party: figure.party,
            name: figure.name.clone(),
            is_name,
            kind: match figure.kind {
                Kind::Person => Some(parties::Kind::Person),
                Kind::Organisation => Some(parties::Kind::Organisation),
                Kind::Place => Some(parties::Kind::Place),
                Kind::Unknown => None,
            },
            pronouns: match figure.gender {
                Gender::He => Some(Pronouns::He),
                Gender::She => Some(Pronouns::She),
                Gender::Either => None,
            },
        });
    }
}
