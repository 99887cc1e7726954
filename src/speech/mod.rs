//! Who says what: the quotations of an article, and the words that attribute them.
//!
//! [`read`] needs the text and its sentences only; whose names the speakers have in the parties
//! file is for [`voice`](crate::voice) to say.
//!
//! ```text
//! text ─ quotation ─▶ quotations ─ frame ─▶ sentences with each quotation as one piece
//!                                               │ verb, source
//!                                               ▼
//!                                          attributions
//! ```

mod attribution;
mod clause;
mod frame;
mod name;
mod quotation;
mod source;
mod verb;

pub use attribution::{Attribution, Manner};
pub use quotation::{Quotation, QuotationKind};

use crate::segment::blocks;
use crate::span::ByteSpan;
use frame::{Frame, PieceKind, frames};

/// What is quoted and attributed in an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speech {
    /// In order, none within another.
    pub quotations: Vec<Quotation>,
    /// In the order of their cues.
    pub attributions: Vec<Attribution>,
}

/// Reads `text`, whose sentences are `sentences`.
pub fn read(text: &str, sentences: &[ByteSpan]) -> Speech {
    let blocks = blocks(text);
    let quotations = quotation::quotations(text, &blocks);
    let mut reading = Reading::default();
    let frames = frames(text, &blocks, sentences, &quotations);
    // One “WASHINGTON:” makes no transcript.
    let is_transcript = frames.iter().filter_map(attribution::label).take(3).count() > 2;
    for frame in &frames {
        reading.take(frame, &quotations);
        if is_transcript {
            reading.take_turn(text, frame);
        }
    }
    let mut attributions = reading.attributions;
    attributions.retain(|attribution| !attribution.content.is_empty());
    attributions.sort_by_key(|attribution| (attribution.cue.end, attribution.cue.start));
    Speech {
        quotations,
        attributions,
    }
}

/// What has been read of an article so far.
#[derive(Default)]
struct Reading {
    attributions: Vec<Attribution>,
    /// The attribution that the last quotation belongs to, and its paragraph.
    speaking: Option<(usize, usize)>,
    /// The attribution of a sentence that ended with a colon just before.
    introducing: Option<usize>,
    /// The attribution of the turn in a transcript.
    turn: Option<usize>,
    /// A quotation that stood alone just before, and whom it was given to, if to anybody.
    alone: Option<(ByteSpan, Option<usize>)>,
}

impl Reading {
    fn take(&mut self, frame: &Frame<'_>, quotations: &[Quotation]) {
        let first = self.attributions.len();
        self.attributions.extend(attribution::attributions(frame));
        let alone = self.alone.take();
        if let (Some((quotation, given)), Some(behind)) = (alone, self.attributions.get_mut(first))
            && behind.content.is_empty()
            && frame.pieces[0].kind == PieceKind::Mark
        {
            // “…” and, as a sentence of its own, “― X”.
            behind.content.push(quotation);
            behind.manner = Manner::Quoted;
            if let Some(given) = given {
                self.attributions[given]
                    .content
                    .retain(|part| *part != quotation);
            }
        }
        for (place, piece) in frame.pieces.iter().enumerate() {
            if let Some(index) = piece.quotation() {
                self.give(frame, place, quotations[index], first);
            }
        }
        let ends_open = frame.pieces.last().is_some_and(|piece| piece.is_mark(":"));
        self.introducing =
            (ends_open && self.attributions.len() > first).then(|| self.attributions.len() - 1);
    }

    /// In a transcript, gives all of `frame` to whose turn it is.
    fn take_turn(&mut self, text: &str, frame: &Frame<'_>) {
        let (Some(first), Some(last)) = (frame.pieces.first(), frame.pieces.last()) else {
            return;
        };
        let whole = ByteSpan::new(first.span.start, last.span.end);
        if let Some((source, cue)) = attribution::label(frame) {
            // What was read as “X: …” of this sentence alone.
            self.attributions
                .retain(|attribution| attribution.cue != cue);
            let said = &text[cue.end.min(whole.end)..whole.end];
            let start = whole.end - said.trim_start().len();
            self.turn = Some(self.attributions.len());
            self.attributions.push(Attribution {
                source: Some(source),
                antecedent: None,
                cue,
                content: vec![ByteSpan::new(start, whole.end)],
                manner: Manner::Quoted,
            });
        } else if let Some(turn) = self.turn {
            self.attributions[turn].content.push(whole);
        }
    }

    /// Gives the quotation at `place` to the attribution of its frame that holds it, or to whoever
    /// was speaking before.
    fn give(&mut self, frame: &Frame<'_>, place: usize, quotation: Quotation, first: usize) {
        let span = frame.pieces[place].span;
        let holds =
            |attribution: &Attribution| attribution.content.iter().any(|part| part.overlaps(&span));
        if let Some(holder) = self.attributions[first..].iter().rposition(holds) {
            self.speaking = Some((first + holder, frame.block));
            return;
        }
        if let Some(introducing) = self.introducing.filter(|_| place == 0) {
            let attribution = &mut self.attributions[introducing];
            attribution.content = vec![span];
            attribution.manner = Manner::Quoted;
            self.speaking = Some((introducing, frame.block));
            return;
        }
        let is_alone = frame.pieces.iter().all(|piece| !piece.is_word());
        let goes_on = |&(_, block): &(usize, usize)| {
            quotation.continues || is_alone && block + 1 >= frame.block
        };
        match self.speaking.filter(goes_on) {
            Some((speaker, _)) => {
                self.attributions[speaker].content.push(span);
                self.speaking = Some((speaker, frame.block));
                self.alone = is_alone.then_some((span, Some(speaker)));
            }
            None => self.alone = is_alone.then_some((span, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::segment::segment;

    /// The attributions in `text` that are speech, as `source: content`.
    fn said(text: &str) -> Vec<String> {
        let speech = read(text, &segment(text));
        let spoken = speech
            .attributions
            .iter()
            .filter(|attribution| matches!(attribution.manner, Manner::Quoted | Manner::Reported));
        spoken
            .map(|attribution| {
                let source = attribution.antecedent.or(attribution.source);
                let content: Vec<_> = attribution
                    .content
                    .iter()
                    .map(|part| part.of(text))
                    .collect();
                format!(
                    "{}: {}",
                    source.map_or("", |source| source.of(text)),
                    content.join(" / ")
                )
            })
            .collect()
    }

    #[test]
    fn the_speaker_stands_on_either_side_of_the_verb_and_of_the_quotation() {
        for text in [
            "“We will act,” Lee said.",
            "“We will act,” said Lee.",
            "Lee said, “We will act.”",
            "Lee told reporters on Monday: “We will act.”",
            "“We will act,” Lee, a lawyer from Ohio, later told reporters.",
            "“We will act,” added Lee, who has never lost.",
            "Said Lee: “We will act.”",
            "Lee wrote:\n\n“We will act.”",
            "“We will act.” — Lee",
        ] {
            let found = said(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(
                found[0].starts_with("Lee: “We will act"),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn indirect_speech_is_attributed() {
        for (text, expected) in [
            (
                "Lee said that the plan failed.",
                "Lee: that the plan failed",
            ),
            ("The plan failed, Lee said.", "Lee: The plan failed"),
            (
                "Lee next said that the plan failed.",
                "Lee: that the plan failed",
            ),
            ("The plan failed, according to Lee.", "Lee: The plan failed"),
            (
                "According to Lee, the plan failed.",
                "Lee: the plan failed.",
            ),
            (
                "Ms. Lee, who lost, told the paper the plan failed.",
                "Ms. Lee: the paper the plan failed",
            ),
            (
                "Lee met Kim on Friday and said that it failed.",
                "Lee: that it failed",
            ),
            (
                "He got an apology from Mr. Lee, who admitted that it failed.",
                "Mr. Lee: that it failed",
            ),
            (
                "A spokesman for the Lee campaign said it failed.",
                "A spokesman for the Lee campaign: it failed",
            ),
        ] {
            let found = said(text);
            assert!(
                found
                    .iter()
                    .any(|said| said.trim_end_matches('.') == expected.trim_end_matches('.')),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn a_speaker_goes_on_through_the_sentences_and_paragraphs_of_a_quotation() {
        let text = "“It is late,” Lee said. “We must go. Now.”\n\n“We will be back.\n\n“Soon.”";
        assert_eq!(
            said(text),
            ["Lee: “It is late,” / “We must go. Now.” / “We will be back. / “Soon.”"]
        );
    }

    #[test]
    fn a_turn_in_a_transcript_is_its_speakers() {
        let text = "MR. LEE: We go. At once.\n\nQ    Why?\n\nMR. LEE: It is late.\n\nIt is dark.";
        assert_eq!(
            said(text),
            [
                "MR. LEE: We go. / At once.",
                "Q: Why?",
                "MR. LEE: It is late. / It is dark."
            ]
        );
    }

    #[test]
    fn nouns_that_look_like_verbs_attribute_nothing() {
        for text in [
            "The reported claims of the United States were false.",
            "His reports on the plans cost him votes.",
            "The plan was reported to the police.",
            "The numbers do not add up.",
            "About 6,000 people protested on the square.",
        ] {
            assert_eq!(said(text), [""; 0], "{text}");
        }
    }

    /// Text of what quotations are made of and broken by.
    fn rubbish() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => "[a-zA-Z]{1,8}",
            3 => Just(" ".to_string()),
            4 => prop::sample::select(vec![
                "“", "”", "\"", "'", "‘", "’", "''", "«", "»", "„", "(", ")", ".", ",", ":", "—", "?", "!",
                "\n", "\n\n", " said ", " Lee ", "Lee said", "according to", "MR. LEE: ", "Q  ", " who ", "’s",
                "90s", "6\"", "👩‍🚀", "é", "漢字", "\u{301}", "\u{a0}", " by ", " and ", " told ",
            ]).prop_map(str::to_string),
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn quotations_are_in_order_and_apart_and_everything_slices_to_the_text(text in rubbish()) {
            let speech = read(&text, &segment(&text));
            let mut covered = 0;
            for quotation in &speech.quotations {
                let words = quotation.span.of(&text);
                prop_assert!(quotation.span.start >= covered);
                prop_assert!(words.starts_with(['“', '”', '"', '\'', '‘', '«', '„', '`']), "{words:?}");
                covered = quotation.span.end;
            }
            for attribution in &speech.attributions {
                let places = attribution.source.iter().chain(&attribution.antecedent);
                for place in places.chain([&attribution.cue]).chain(&attribution.content) {
                    prop_assert!(place.start <= place.end && place.end <= text.len());
                    prop_assert!(text.get(place.start..place.end).is_some());
                }
                prop_assert!(!attribution.content.is_empty());
            }
        }
    }
}
