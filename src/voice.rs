//! Whose words a row is made of, and who is quoted.
//!
//! What stands between quotation marks, or behind a speaker’s name in a transcript, is quoted. What
//! somebody is reported to have said is in the author’s words and makes another’s claim, so a mention in
//! it is mixed, as is one beside a quotation.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::grammar;
use crate::mention::{Linked, Mention, Referent, is_office, is_somebody};
use crate::parties::Parties;
use crate::span::ByteSpan;
use crate::speech::{Attribution, Manner, Quotation, QuotationKind, Speech};
use crate::word::{TokenKind, tokens};

/// Whose words they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// The author’s, and nobody else’s claims.
    Author,
    /// Somebody’s who is quoted.
    Quoted,
    /// The author’s, with what somebody else said in or beside them.
    Mixed,
}

impl Voice {
    /// The word that the rows show.
    pub fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Quoted => "quoted",
            Self::Mixed => "mixed",
        }
    }
}

/// The voices of an article.
#[derive(Debug, Clone, Default)]
pub struct Voices {
    /// For each sentence, what others say in it.
    sentences: Vec<Sentence>,
    speakers: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Sentence {
    said: Vec<Said>,
    /// Where anybody is quoted in it, in order and apart.
    quoted: Vec<ByteSpan>,
    /// Whether hardly a word is left beside quotations and the words that attribute them.
    is_quoted: bool,
}

/// A stretch of a sentence that is somebody else’s.
#[derive(Debug, Clone, Copy)]
struct Said {
    span: ByteSpan,
    is_quoted: bool,
    /// Who says it, if the text tells.
    speaker: Option<usize>,
}

/// How many words may stand beside a quotation and its attribution in a sentence that is quoted.
const WORDS_BESIDE: usize = 3;

/// How often the same stretch is given to somebody. In a sentence as long as an article there are many
/// verbs for each quotation.
const SPEAKERS: usize = 4;

impl Voices {
    /// Reads the voices of an article from what is said in it and who is meant where.
    pub fn read(
        text: &str,
        sentences: &[ByteSpan],
        speech: &Speech,
        linked: &Linked,
        parties: &Parties,
    ) -> Self {
        let (mut said, speakers) = attributed(text, speech, linked, parties);
        let left_open = unattributed(speech, &said);
        said.extend(left_open);
        let mut voices = Self {
            sentences: vec![Sentence::default(); sentences.len()],
            speakers,
        };
        for said in said {
            let first = sentences.partition_point(|sentence| sentence.end <= said.span.start);
            let here = sentences[first..]
                .iter()
                .take_while(|sentence| sentence.start < said.span.end);
            for (index, _) in here.enumerate() {
                voices.sentences[first + index].said.push(said);
            }
        }
        for (sentence, span) in voices.sentences.iter_mut().zip(sentences) {
            let quoted = sentence.said.iter().filter(|said| said.is_quoted);
            sentence.quoted = joined(quoted.map(|said| said.span).collect());
            sentence.is_quoted = is_quoted(text, *span, &sentence.quoted, speech);
        }
        voices
    }

    /// The voice of a sentence’s row, by its number from 0 and the mentions of the row’s party, none
    /// for a row without a party; and who is quoted, empty if nobody is or the text leaves it open.
    pub fn of(&self, sentence: usize, mentions: &[Mention]) -> (Voice, &str) {
        let Some(sentence) = self.sentences.get(sentence) else {
            return (Voice::Author, "");
        };
        if sentence.said.is_empty() {
            return (Voice::Author, "");
        }
        let holds = |said: &&Said, mention: &Mention| said.span.overlaps(&mention.span);
        let is_in_quotes = |mention: &Mention| is_held(&sentence.quoted, mention.span);
        let is_quoted = if mentions.is_empty() {
            sentence.is_quoted
        } else {
            mentions.iter().all(is_in_quotes)
        };
        // Who says the words around the mention; else who says most in the sentence.
        let around = mentions.first().and_then(|first| {
            let around = sentence.said.iter().filter(|said| holds(said, first));
            around.min_by_key(|said| (!said.is_quoted, said.speaker.is_none(), said.span.len()))
        });
        let most = || {
            sentence
                .said
                .iter()
                .max_by_key(|said| (said.is_quoted, said.speaker.is_some(), said.span.len()))
        };
        let speaker = around.or_else(most).and_then(|said| said.speaker);
        let voice = if is_quoted {
            Voice::Quoted
        } else {
            Voice::Mixed
        };
        (
            voice,
            speaker.map_or("", |speaker| self.speakers[speaker].as_str()),
        )
    }
}

/// What the attributions give to somebody, and the names of who that is.
fn attributed(
    text: &str,
    speech: &Speech,
    linked: &Linked,
    parties: &Parties,
) -> (Vec<Said>, Vec<String>) {
    let (mut said, mut names) = (Vec::new(), Vec::new());
    let mut times: HashMap<ByteSpan, usize> = HashMap::new();
    for attribution in &speech.attributions {
        let Some(name) = speaker(text, attribution, linked, parties) else {
            continue;
        };
        let speaker = (!name.is_empty()).then(|| {
            names.push(name);
            names.len() - 1
        });
        for (span, is_quoted) in given(attribution, speech) {
            let times = times.entry(span).or_default();
            *times += 1;
            said.extend((*times <= SPEAKERS).then_some(Said {
                span,
                is_quoted,
                speaker,
            }));
        }
    }
    (said, names)
}

/// The stretches that an attribution gives to its source, and whether they are quoted.
fn given(attribution: &Attribution, speech: &Speech) -> Vec<(ByteSpan, bool)> {
    let is_quoted = attribution.manner == Manner::Quoted;
    let mut given = Vec::new();
    if is_quoted || attribution.manner == Manner::Reported {
        given.extend(attribution.content.iter().map(|part| (*part, is_quoted)));
    }
    // “She called it ‘a blatant and obvious coup’.” The few words are hers.
    if !is_quoted {
        let quotations = attribution
            .content
            .iter()
            .flat_map(|part| within(&speech.quotations, *part))
            .filter(|quotation| quotation.kind == QuotationKind::Speech);
        given.extend(quotations.map(|quotation| (quotation.span, true)));
    }
    given
}

/// The quotations that `said` gives to nobody.
fn unattributed(speech: &Speech, said: &[Said]) -> Vec<Said> {
    let quoted = said.iter().filter(|said| said.is_quoted);
    let mut told: Vec<ByteSpan> = quoted.map(|said| said.span).collect();
    told.sort_unstable();
    let is_told = |span: ByteSpan| {
        // Stretches that are told do not hold each other, but for a speaker’s whole turn.
        let before = told.partition_point(|told| told.start < span.end);
        let mut near = told[..before].iter().rev().take(8);
        near.any(|told| told.overlaps(&span))
    };
    let spoken = speech
        .quotations
        .iter()
        .filter(|quotation| quotation.kind == QuotationKind::Speech);
    let left_open = spoken.filter(|quotation| !is_told(quotation.span));
    left_open
        .map(|quotation| Said {
            span: quotation.span,
            is_quoted: true,
            speaker: None,
        })
        .collect()
}

/// The quotations that lie in `span` or reach into it.
fn within(quotations: &[Quotation], span: ByteSpan) -> impl Iterator<Item = &Quotation> {
    let first = quotations.partition_point(|quotation| quotation.span.end <= span.start);
    quotations[first..]
        .iter()
        .take_while(move |quotation| quotation.span.start < span.end)
}

/// The spans in order, those that overlap as one.
fn joined(mut spans: Vec<ByteSpan>) -> Vec<ByteSpan> {
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let overlaps = next.start < last.end;
        if overlaps {
            last.end = last.end.max(next.end);
        }
        overlaps
    });
    spans
}

/// Whether one of `spans`, which are in order and apart, overlaps `span`.
fn is_held(spans: &[ByteSpan], span: ByteSpan) -> bool {
    let first = spans.partition_point(|held| held.end <= span.start);
    spans.get(first).is_some_and(|held| held.overlaps(&span))
}

/// Whether a sentence is quoted, in the spans given, but for the words that say who speaks.
fn is_quoted(text: &str, sentence: ByteSpan, quoted: &[ByteSpan], speech: &Speech) -> bool {
    if quoted.is_empty() {
        return false;
    }
    let first = speech
        .attributions
        .partition_point(|attribution| attribution.cue.end <= sentence.start);
    let attributing = speech.attributions[first..]
        .iter()
        .take_while(|attribution| attribution.cue.start < sentence.end)
        .filter(|attribution| attribution.manner == Manner::Quoted);
    let clauses = attributing.map(|attribution| {
        let source = attribution.source.unwrap_or(attribution.cue);
        ByteSpan::new(
            source.start.min(attribution.cue.start),
            source.end.max(attribution.cue.end),
        )
    });
    let not_beside = joined(clauses.chain(quoted.iter().copied()).collect());
    let is_beside = |word: ByteSpan| !is_held(&not_beside, word);
    let words = tokens(text, sentence)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Word);
    words
        .filter(|token| is_beside(token.span))
        .take(WORDS_BESIDE + 1)
        .count()
        <= WORDS_BESIDE
}

/// The name of who speaks, empty if the text leaves it open; nothing if it is the author, “I”, or
/// nobody.
fn speaker(
    text: &str,
    attribution: &Attribution,
    linked: &Linked,
    parties: &Parties,
) -> Option<String> {
    let source = attribution.antecedent.or(attribution.source)?;
    let words = source.of(text);
    for head in heads(text, source) {
        let here = referents_from(linked, head.end);
        let mut here = here.take_while(|referent| referent.span.end == head.end);
        if let Some(referent) = here.find(|referent| referent.span.start >= head.start) {
            return Some(name(referent, parties));
        }
    }
    if let Some(referent) = appositive(text, source, linked) {
        return Some(name(referent, parties));
    }
    let lower = words.to_lowercase();
    match grammar::without_clitic(&lower) {
        "i" | "we" | "my" | "our" | "you" | "it" | "this" | "that" | "which" | "who" | "me"
        | "us" | "nobody" | "none" => None,
        word if grammar::is_pronoun(word) => Some(lower.clone()),
        _ if can_speak(&lower, words) => Some(collapsed(words).into_owned()),
        _ => Some(String::new()),
    }
}

/// Who is named behind the words that describe them: “its chief executive, Chandrika Pillai, …”.
fn appositive<'l>(text: &str, source: ByteSpan, linked: &'l Linked) -> Option<&'l Referent> {
    let last = source.of(text).split_whitespace().next_back()?;
    let name = text[source.end..].strip_prefix(", ")?;
    let start = text.len() - name.len();
    let mut here =
        referents_from(linked, start).take_while(|referent| referent.span.start <= start);
    let referent = here.find(|referent| referent.span.start == start && referent.is_name)?;
    let behind = &text[referent.span.end..];
    let is_aside = behind.is_empty() || behind.starts_with([',', '.', '\n']);
    // “According to official statements, Trump, …” is no apposition.
    let is_one =
        last.starts_with(char::is_lowercase) && (!last.ends_with('s') || last.ends_with("ss"));
    (is_one && is_aside).then_some(referent)
}

/// The referents that end at `end` or behind it.
fn referents_from(linked: &Linked, end: usize) -> impl Iterator<Item = &Referent> {
    let first = linked
        .referents
        .partition_point(|referent| referent.span.end < end);
    linked.referents[first..].iter()
}

/// The party's name, or the fullest that the text has.
fn name(referent: &Referent, parties: &Parties) -> String {
    match referent.party {
        Some(party) => parties.party(party).name.clone(),
        None => referent.name.clone(),
    }
}

/// Whether words can name who speaks: a name, people or an organisation; not “courageous”, “one
/// evening” or “the bill”, which the rules of attribution take for subjects now and then.
fn can_speak(lower: &str, words: &str) -> bool {
    let mut each = lower.split_whitespace().peekable();
    let is_fronted = each
        .peek()
        .is_some_and(|first| grammar::is_preposition(first));
    let is_name = words.contains(char::is_uppercase);
    !is_fronted && (is_name || each.any(is_somebody))
}

/// The parts of a source that can name who it is, without what describes it: “Miller” of “Miller, a
/// spokesman”, “a spokesman” of “a spokesman for the campaign”; after an office the name may come late:
/// “Secretary of State Antony Blinken”.
fn heads(text: &str, source: ByteSpan) -> Vec<ByteSpan> {
    let mut heads = Vec::new();
    let mut end = source.start;
    let mut last = String::new();
    for token in tokens(text, source) {
        let word = grammar::lowered(token.span.of(text));
        if token.kind == TokenKind::Mark
            && !matches!(word.as_str(), "-" | "&")
            && end > source.start
        {
            break;
        }
        let describes = grammar::is_preposition(&word) || grammar::is_clause_start(&word);
        if describes && end > source.start && heads.is_empty() {
            heads.push(ByteSpan::new(source.start, end));
            if word != "of" || !is_office(&last) {
                return heads;
            }
        }
        end = token.span.end;
        last = word;
    }
    heads.push(ByteSpan::new(source.start, end));
    heads
}

/// Runs of white space as one blank: a name may go over the end of a line.
fn collapsed(words: &str) -> Cow<'_, str> {
    if words.contains(['\n', '\r', '\t']) || words.contains("  ") {
        words
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .into()
    } else {
        words.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::{Links, link};
    use crate::parties::{Kind, Party, Pronouns};
    use crate::segment::segment;
    use crate::speech;

    /// Each row of `text` about Antony Blinken, as `number voice speaker`; a sentence without him has
    /// a row of its own.
    fn rows(text: &str) -> Vec<String> {
        let parties = Parties::new(vec![Party {
            name: "Antony Blinken".to_owned(),
            kind: Some(Kind::Person),
            aliases: vec!["Blinken".to_owned()],
            exclude: Vec::new(),
            pronouns: Some(Pronouns::He),
        }]);
        let sentences = segment(text);
        let speech = speech::read(text, &sentences);
        let linked = link(text, &sentences, &speech.quotations, &parties, Links::All);
        let voices = Voices::read(text, &sentences, &speech, &linked, &parties);
        let rows = linked.mentions.iter().enumerate();
        rows.map(|(sentence, mentions)| {
            let (voice, speaker) = voices.of(sentence, mentions);
            format!("{} {} {speaker}", sentence + 1, voice.name())
                .trim()
                .to_owned()
        })
        .collect()
    }

    #[test]
    fn the_authors_words_are_told_from_the_quoted_and_the_reported() {
        assert_eq!(
            rows(
                "Blinken left. “Blinken failed us. He lied,” Evan Miller said. Miller said that Blinken lied. \
                 Blinken’s “deep state” slept."
            ),
            [
                "1 author",
                "2 quoted Evan Miller",
                "3 quoted Evan Miller",
                "4 mixed Evan Miller",
                "5 author"
            ]
        );
    }

    #[test]
    fn who_speaks_beside_a_quotation_is_mixed_and_the_quotation_alone_is_quoted() {
        assert_eq!(
            rows("“We will act,” Blinken wrote. “Now.” It rained. “We will act,” she said."),
            [
                "1 mixed Antony Blinken",
                "2 quoted Antony Blinken",
                "3 author",
                "4 quoted she"
            ]
        );
    }

    #[test]
    fn what_cannot_speak_is_no_speaker() {
        for words in [
            "courageous",
            "one evening",
            "everything",
            "the bill",
            "with five words Miller",
        ] {
            assert!(!can_speak(&words.to_lowercase(), words), "{words}");
        }
        for words in [
            "critics",
            "the army",
            "an officer",
            "U.N. envoys",
            "the company",
        ] {
            assert!(can_speak(&words.to_lowercase(), words), "{words}");
        }
    }

    #[test]
    fn a_speaker_has_the_partys_name_a_full_name_or_the_words_of_the_text() {
        for (said, speaker) in [
            ("Secretary of State Antony Blinken said", "Antony Blinken"),
            ("Blinken, the secretary of state, said", "Antony Blinken"),
            ("Evan Miller came. Miller said", "Evan Miller"),
            ("A spokesman for Blinken said", "A spokesman for Blinken"),
            ("Blinken’s lawyer said", "Blinken’s lawyer"),
            ("Blinken left. He said", "Antony Blinken"),
            ("The mayor\nsaid", "The mayor"),
            ("Blinken’s lawyer, Evan Miller, said", "Evan Miller"),
            (
                "The secretary of state, Antony Blinken, said",
                "Antony Blinken",
            ),
        ] {
            let found = rows(&format!("{said} that the plan had failed."));
            assert!(
                found.last().unwrap().ends_with(&format!("mixed {speaker}")),
                "{said}: {found:?}"
            );
        }
    }

    #[test]
    fn what_the_author_says_as_i_is_the_authors() {
        assert_eq!(rows("I said that the plan had failed."), ["1 author"]);
    }

    #[test]
    fn a_sentence_as_long_as_an_article_is_read_to_its_end() {
        // With each verb looking at each quotation this would not come back for hours.
        for unit in ["“a” said B. ", "“a” B claims that ", "Blinken, “a”, "] {
            let text = unit.repeat(500_000 / unit.len());
            assert_eq!(rows(&text).len(), 1, "{unit}");
        }
    }
}
