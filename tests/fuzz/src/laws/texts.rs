//! Laws of sentences, mentions, quotations and voices.

use slant::mention::{self, Link, Linked, Links, Mention};
use slant::parties::{Kind, Parties, Party, Pronouns};
use slant::span::{ByteSpan, CharCounter, byte_span};
use slant::speech::{self, Speech};
use slant::voice::{Voice, Voices};
use unicode_normalization::char::decompose_canonical;

/// An article and whom to look for in it.
pub struct Page {
    text: String,
    parties: Parties,
    sentences: Vec<ByteSpan>,
}

impl Page {
    /// Before a line `---` a line for each party, `name/kind/pronouns/aliases/exclude` with `;` between
    /// words; behind it the text.
    pub fn of(bytes: &[u8]) -> Self {
        let bytes = String::from_utf8_lossy(bytes);
        let (parties, text) = bytes.split_once("\n---\n").unwrap_or(("", &bytes));
        let parties = parties.lines().filter_map(party);
        Self {
            parties: Parties::new(parties.collect()),
            sentences: slant::segment::segment(text),
            text: text.to_owned(),
        }
    }

    fn speech(&self) -> Speech {
        speech::read(&self.text, &self.sentences)
    }

    fn linked(&self, speech: &Speech, links: Links) -> Linked {
        let quotations = &speech.quotations;
        mention::link(
            &self.text,
            &self.sentences,
            quotations,
            &self.parties,
            links,
        )
    }

    /// The words at `span`, which lies on character boundaries, in bytes and in characters.
    fn words(&self, span: ByteSpan, counter: &mut CharCounter<'_>) -> &str {
        let words = self
            .text
            .get(span.start..span.end)
            .expect("a span of the text");
        let characters = counter.span(span);
        assert_eq!(characters.end - characters.start, words.chars().count());
        // For the whole text each time it would be quadratic.
        if self.text.len() < 1_000 {
            assert_eq!(byte_span(&self.text, characters), Some(span));
        }
        words
    }

    /// Everything that is done with a text before it is scored.
    pub fn check(&self) {
        self.check_sentences();
        let speech = self.speech();
        self.check_speech(&speech);
        let linked = self.linked(&speech, Links::All);
        self.check_mentions(&linked);
        self.check_voices(&speech, &linked);
    }

    fn check_sentences(&self) {
        let mut counter = CharCounter::new(&self.text);
        let mut covered = 0;
        for sentence in &self.sentences {
            assert!(self.text[covered..sentence.start].trim().is_empty());
            let words = self.words(*sentence, &mut counter);
            assert!(!words.is_empty() && words == words.trim());
            covered = sentence.end;
        }
        assert!(self.text[covered..].trim().is_empty());
    }

    fn check_speech(&self, speech: &Speech) {
        const MARKS: [char; 11] = ['“', '”', '„', '"', '‘', '’', '‚', '\'', '«', '»', '`'];
        let mut counter = CharCounter::new(&self.text);
        let mut covered = 0;
        for quotation in &speech.quotations {
            let words = self.words(quotation.span, &mut counter);
            assert!(quotation.span.start >= covered && words.chars().count() > 1);
            assert!(words.starts_with(MARKS), "{words:?}");
            // One that runs on is opened again in the next paragraph.
            let behind = self.text[quotation.span.end..].trim_start();
            assert!(
                words.ends_with(MARKS) || behind.starts_with(MARKS),
                "{words:?}"
            );
            covered = quotation.span.end;
        }
        for attribution in &speech.attributions {
            assert!(!attribution.content.is_empty());
            let who = attribution.source.iter().chain(&attribution.antecedent);
            for place in who.chain([&attribution.cue]).chain(&attribution.content) {
                assert!(self.text.get(place.start..place.end).is_some());
            }
        }
    }

    fn check_mentions(&self, linked: &Linked) {
        assert_eq!(linked.mentions.len(), self.sentences.len());
        assert_eq!(linked.noticed.len(), self.parties.len());
        let mut counter = CharCounter::new(&self.text);
        let mut covered = 0;
        for (sentence, mentions) in self.sentences.iter().zip(&linked.mentions) {
            for mention in mentions {
                assert!(mention.span.start >= covered.max(sentence.start));
                assert!(mention.span.end <= sentence.end);
                let words = self.words(mention.span, &mut counter);
                assert!(!words.trim().is_empty());
                self.check_link(mention, words);
                covered = mention.span.end;
            }
        }
        for referent in &linked.referents {
            assert!(
                self.text
                    .get(referent.span.start..referent.span.end)
                    .is_some()
            );
        }
    }

    fn check_link(&self, mention: &Mention, words: &str) {
        let party = self.parties.party(mention.party);
        let mut names = [&party.name].into_iter().chain(&party.aliases);
        let words = comparable(words);
        match mention.link {
            Link::Alias => {
                assert!(
                    names.any(|name| comparable(name) == words),
                    "{words}: {party:?}"
                );
            }
            Link::Title => assert!(!words.is_empty()),
            Link::Pronoun => assert!(words.len() <= "themselves".len(), "{words}"),
        }
    }

    fn check_voices(&self, speech: &Speech, linked: &Linked) {
        let voices = Voices::read(&self.text, &self.sentences, speech, linked, &self.parties);
        for (index, mentions) in linked.mentions.iter().enumerate() {
            let each = mentions.iter().map(std::slice::from_ref);
            for mentions in each.chain([&[][..], mentions]) {
                let (voice, speaker) = voices.of(index, mentions);
                assert!(voice != Voice::Author || speaker.is_empty());
                assert!(!speaker.contains(['\n', '\r']), "{speaker:?}");
                assert_eq!(speaker, speaker.trim());
            }
        }
    }
}

fn party(line: &str) -> Option<Party> {
    let mut cells = line.split('/').map(str::trim);
    let mut cell = || cells.next().unwrap_or("");
    // As in a parties file.
    let word = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let names_somebody =
        |word: &String| word.chars().any(char::is_alphanumeric) && !word.contains(char::is_control);
    let words = |cell: &str| cell.split(';').map(word).filter(names_somebody).collect();
    let name = word(cell());
    let kind = match cell() {
        "person" => Some(Kind::Person),
        "organisation" => Some(Kind::Organisation),
        "place" => Some(Kind::Place),
        "group" => Some(Kind::Group),
        _ => None,
    };
    let pronouns = match cell() {
        "he" => Some(Pronouns::He),
        "she" => Some(Pronouns::She),
        "they" => Some(Pronouns::They),
        "it" => Some(Pronouns::It),
        _ => None,
    };
    names_somebody(&name).then(|| Party {
        name,
        kind,
        aliases: words(cell()),
        exclude: words(cell()),
        pronouns,
    })
}

/// The letters and digits of a name, in which it is the same however it is written.
fn comparable(name: &str) -> String {
    let mut letters = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        decompose_canonical(c, |c| {
            // An apostrophe that is a letter.
            if c.is_alphanumeric() && c != 'ʼ' {
                letters.push(c);
            }
        });
    }
    letters
}

/// Sentences are ordered and trimmed, on character boundaries, and cover every non-blank character.
pub fn segment(bytes: &[u8]) {
    Page::of(bytes).check_sentences();
}

/// Mentions slice to what was matched, in their sentences and apart; more links take none away.
pub fn linking(bytes: &[u8]) {
    let page = Page::of(bytes);
    let speech = page.speech();
    let [alias, title, all] = [Links::Alias, Links::Title, Links::All].map(|links| {
        let linked = page.linked(&speech, links);
        page.check_mentions(&linked);
        linked.mentions
    });
    for ((alias, title), all) in alias.iter().zip(&title).zip(&all) {
        assert!(
            alias
                .iter()
                .all(|mention| mention.link == Link::Alias && title.contains(mention))
        );
        assert!(
            title
                .iter()
                .all(|mention| mention.link != Link::Pronoun && all.contains(mention))
        );
    }
}

/// Quotations are in order and apart, with their marks; the author is no speaker.
pub fn voice(bytes: &[u8]) {
    Page::of(bytes).check();
}
