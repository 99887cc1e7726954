//! Which party is meant where: the mentions in the sentences of one article.
//!
//! An alias names its party wherever it stands. What else can mean it (“the secretary of state”,
//! “Mr. Blinken”, “he”) is linked only where the text leaves no choice: one antecedent that agrees in
//! gender and kind, near enough and in the same voice, with no rival beside it. Any name that looks
//! like a person’s is a rival, and so is “a woman” or “her lawyer”, whether the parties file knows
//! them or not.
//!
//! ```text
//! text ─ parties ─▶ aliases ─ page ─▶ words ─ name, cast ─▶ who is named ─ resolve ─▶ mentions
//! ```

mod cast;
mod lexicon;
mod name;
mod near;
mod page;
mod pronoun;
mod resolve;
mod title;

pub(crate) use lexicon::{
    is_office, is_organisation, is_people, is_place, is_place_word as is_thing, is_somebody,
};
pub use near::{Near, Noticed};

use std::str::FromStr;

use crate::parties::{Kind, Parties, PartyId, Pronouns};
use crate::span::ByteSpan;
use crate::speech::Quotation;
use page::Page;
use resolve::Reading;

/// How a mention was linked to its party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It is the party's name or one of its aliases.
    Alias,
    /// It is a title, an office, a family name or an acronym that the text has given to the party.
    Title,
    /// It is a pronoun.
    Pronoun,
}

impl Link {
    /// All of them, from the surest on.
    pub const ALL: [Self; 3] = [Self::Alias, Self::Title, Self::Pronoun];

    /// The word that the rows show.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alias => "alias",
            Self::Title => "title",
            Self::Pronoun => "pronoun",
        }
    }
}

/// Which links are made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Links {
    /// Aliases only.
    Alias,
    /// Aliases and titles.
    Title,
    /// Pronouns too.
    #[default]
    All,
}

impl FromStr for Links {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "alias" => Ok(Self::Alias),
            "title" => Ok(Self::Title),
            "all" => Ok(Self::All),
            _ => Err("give alias, title or all".to_owned()),
        }
    }
}

/// A place in a sentence that names a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// The party named.
    pub party: PartyId,
    /// The place, in bytes of the article's text.
    pub span: ByteSpan,
    /// How the place was linked to the party.
    pub link: Link,
}

/// A place that means somebody, a party or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referent {
    /// The place, in bytes of the article's text.
    pub span: ByteSpan,
    /// The party, if it is one.
    pub party: Option<PartyId>,
    /// The party’s name, or the fullest that the article has for somebody else.
    pub name: String,
    /// Whether the place holds a name, no title and no pronoun.
    pub is_name: bool,
    /// What the name shows them to be, if it does.
    pub kind: Option<Kind>,
    /// The pronoun that goes with them, if titles, first name or the parties file tell.
    pub pronouns: Option<Pronouns>,
}

/// Who is meant where in an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Linked {
    /// For each sentence the mentions in it, in the order of the text, none overlapping.
    pub mentions: Vec<Vec<Mention>>,
    /// Names, titles and pronouns with whom they mean, in the order of the text.
    pub referents: Vec<Referent>,
    /// What was noticed of each party beside its mentions, in the order of the parties.
    pub noticed: Vec<Noticed>,
}

/// Links an article: `sentences` and `quotations` are those of `text`.
pub fn link(
    text: &str,
    sentences: &[ByteSpan],
    quotations: &[Quotation],
    parties: &Parties,
    links: Links,
) -> Linked {
    let mut aliases: Vec<(PartyId, ByteSpan)> = Vec::new();
    let mut noticed = vec![Noticed::default(); parties.len()];
    for sentence in sentences {
        let named = parties.named_in(sentence.of(text));
        let mentions = named.mentions.into_iter();
        aliases.extend(mentions.map(|(party, span)| (party, span.shifted(sentence.start))));
        for party in named.excluded {
            noticed[party.0].excluded += 1;
        }
    }
    let page = Page::new(text, sentences, quotations, &aliases);
    let (mut found, mut referents) = Reading::new(&page, parties, links).read();
    // The reading goes by words, so it does not see an alias that begins within one.
    found.retain(|mention| {
        let at = aliases.partition_point(|(_, alias)| alias.end <= mention.span.start);
        let next = aliases.get(at);
        next.is_none_or(|(_, alias)| !alias.overlaps(&mention.span))
    });
    for (party, span) in aliases {
        found.push(Mention {
            party,
            span,
            link: Link::Alias,
        });
        referents.push(Referent {
            span,
            party: Some(party),
            name: parties.party(party).name.clone(),
            is_name: true,
            kind: parties.party(party).kind,
            pronouns: parties.party(party).pronouns,
        });
    }
    found.sort_by_key(|mention| mention.span);
    referents.sort_by_key(|referent| referent.span);
    near::notice(text, parties, &referents, &found, &mut noticed);
    let mut found = found.into_iter().peekable();
    let mentions = sentences
        .iter()
        .map(|sentence| {
            let mut here = Vec::new();
            while let Some(mention) = found.next_if(|mention| mention.span.end <= sentence.end) {
                here.push(mention);
            }
            here
        })
        .collect();
    Linked {
        mentions,
        referents,
        noticed,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parties::Party;
    use crate::segment::segment;
    use crate::speech;

    fn party(name: &str, kind: Kind, aliases: &[&str], pronouns: Option<Pronouns>) -> Party {
        Party {
            name: name.to_owned(),
            kind: Some(kind),
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
            exclude: Vec::new(),
            pronouns,
        }
    }

    fn parties() -> Parties {
        Parties::new(vec![
            party("Antony Blinken", Kind::Person, &[], Some(Pronouns::He)),
            party("Liz Truss", Kind::Person, &["Truss"], Some(Pronouns::She)),
            party("State Department", Kind::Organisation, &[], None),
            party(
                "World Health Organization",
                Kind::Organisation,
                &[],
                Some(Pronouns::It),
            ),
            party("Jane Doe", Kind::Person, &[], None),
        ])
    }

    fn linked(text: &str) -> Linked {
        let sentences = segment(text);
        let speech = speech::read(text, &sentences);
        link(text, &sentences, &speech.quotations, &parties(), Links::All)
    }

    /// The mentions that are no aliases, as `party: words`.
    fn found(text: &str) -> Vec<String> {
        let linked = linked(text).mentions.into_iter().flatten();
        linked
            .filter(|mention| mention.link != Link::Alias)
            .map(|mention| {
                format!(
                    "{}: {}",
                    parties().party(mention.party).name,
                    mention.span.of(text)
                )
            })
            .collect()
    }

    #[test]
    fn a_family_name_or_an_office_means_who_was_named_with_it() {
        assert_eq!(
            found(
                "Secretary of State Antony Blinken left. Blinken slept. Mr. Blinken woke. The \
                 secretary of state agreed. The secretary said no."
            ),
            [
                "Antony Blinken: Blinken",
                "Antony Blinken: Mr. Blinken",
                "Antony Blinken: secretary of state",
                "Antony Blinken: secretary"
            ]
        );
        assert_eq!(
            found("Antony Blinken, the secretary of state, left. The secretary of state agreed."),
            ["Antony Blinken: secretary of state"; 2]
        );
    }

    #[test]
    fn a_family_name_is_not_linked_before_the_full_name_or_with_two_who_bear_it() {
        assert_eq!(found("Blinken slept. Antony Blinken left."), [""; 0]);
        assert_eq!(
            found("Antony Blinken met Evan Blinken. Then Blinken slept."),
            [""; 0]
        );
        assert_eq!(found("Antony Blinken left. Mrs. Blinken slept."), [""; 0]);
    }

    #[test]
    fn an_office_that_two_hold_or_that_goes_on_is_not_linked() {
        for text in [
            "President Antony Blinken met President Emmanuel Macron. The president left.",
            "President Antony Blinken left. The president of France stayed.",
            "President Antony Blinken left. The president elect stayed.",
            "Former President Antony Blinken left. The president stayed.",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn the_last_word_of_a_name_and_an_acronym_in_brackets_mean_an_organisation() {
        assert_eq!(
            found("The State Department paid. Later the department complained."),
            ["State Department: department"]
        );
        assert_eq!(
            found("The World Health Organization (WHO) met. WHO staff ate, the WHO said."),
            ["World Health Organization: WHO"; 3]
        );
        assert_eq!(
            found("The State Department met the Justice Department. The department paid."),
            [""; 0]
        );
        assert_eq!(
            found("WHO staff ate. The World Health Organization met."),
            [""; 0]
        );
    }

    #[test]
    fn a_pronoun_means_the_one_person_that_agrees() {
        assert_eq!(
            found("Antony Blinken left. He slept."),
            ["Antony Blinken: He"]
        );
        assert_eq!(
            found("Truss met Antony Blinken. She praised him."),
            ["Liz Truss: She", "Antony Blinken: him"]
        );
        assert_eq!(
            found("Antony Blinken left. “I am tired. It is late,” he said. He’d slept."),
            ["Antony Blinken: he", "Antony Blinken: He"]
        );
        assert_eq!(
            found("The World Health Organization said it would act. It said nothing else."),
            ["World Health Organization: it"; 1]
        );
    }

    #[test]
    fn a_rival_another_voice_or_a_long_way_blocks_a_pronoun() {
        for text in [
            "Antony Blinken met Robert Malley. He slept.",
            "Antony Blinken met a man from Ohio. He slept.",
            "Antony Blinken met Xiaogang Wei. He slept.",
            "Antony Blinken left. The rapper Xiaogang Wei said he was tired.",
            "Antony Blinken left. “He sleeps,” said a friend.",
            "Antony Blinken left. It rained. It snowed. He slept.",
            "Antony Blinken left. In his speech, Robert Malley slept.",
            "Jane Doe left. She slept.",
            "Truss left. He slept.",
            "The World Health Organization met. It is late.",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_word_of_an_alias_is_no_pronoun_wherever_the_alias_begins() {
        let he = party("Antony Blinken", Kind::Person, &[], Some(Pronouns::He));
        let parties = Parties::new(vec![
            he,
            party("Him Ltd", Kind::Organisation, &["U.S. him"], None),
        ]);
        for text in [
            "Antony Blinken left. He met Him Ltd.",
            "Antony Blinken left. He met it/U.S. him.",
        ] {
            let sentences = segment(text);
            let linked = link(text, &sentences, &[], &parties, Links::All);
            let words: Vec<_> = linked.mentions[1]
                .iter()
                .map(|mention| mention.span.of(text))
                .collect();
            assert_eq!((words.len(), words[0]), (2, "He"), "{words:?}");
        }
    }

    #[test]
    fn links_that_are_not_wanted_are_not_made() {
        let text = "Antony Blinken left. Blinken slept. He woke.";
        let sentences = segment(text);
        let count = |links| {
            let linked = link(text, &sentences, &[], &parties(), links);
            linked.mentions.iter().flatten().count()
        };
        assert_eq!(
            [Links::Alias, Links::Title, Links::All].map(count),
            [1, 2, 3]
        );
    }

    #[test]
    fn what_comes_close_to_a_partys_name_is_noticed() {
        let linked = linked("Antony Blinken left. Evan Blinken sang. Evan Blinken ate.");
        assert_eq!(linked.noticed[0].near.by_frequency(), [("Evan Blinken", 2)]);
        assert_eq!(linked.noticed[1], Noticed::default());
    }

    #[test]
    fn an_article_of_many_names_is_linked_to_its_end() {
        // With each name or pronoun held against all before it this would not come back for minutes.
        let repeated = |unit: &str| unit.repeat(500_000 / unit.len());
        let names: String = (0..30_000)
            .map(|n| format!("Senator X{n}, the department, "))
            .collect();
        for (text, least) in [
            (repeated("Truss, she "), 90_000),
            (repeated("On Truss she "), 38_000),
            (repeated("State Department, the department, "), 28_000),
            (names, 0),
        ] {
            assert!(linked(&text).mentions.iter().flatten().count() >= least);
        }
    }

    /// Text of what names, titles and pronouns are made of.
    fn rubbish() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "Antony Blinken",
            "Blinken",
            "Truss",
            "Liz Truss",
            "State Department",
            "the department",
            "he",
            "He",
            "she",
            "his",
            "it",
            "It",
            "they",
            " said ",
            "said",
            "WHO",
            "World Health Organization (WHO)",
            "the secretary",
            "Secretary of State ",
            "Mr. ",
            "Robert Malley",
            "a man",
            "Jane",
            " ",
            " ",
            " ",
            ". ",
            ", ",
            "\n\n",
            "“",
            "”",
            "\"",
            "(",
            ")",
            "’s",
            "'s",
            "👩‍🚀",
            "é",
            "漢",
            "\u{301}",
            "-",
            "the",
            "The",
            "of",
            "President",
            "’ll",
            "x",
        ]);
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn mentions_lie_in_their_sentences_in_order_and_apart(text in rubbish()) {
            let sentences = segment(&text);
            let linked = linked(&text);
            prop_assert_eq!(linked.mentions.len(), sentences.len());
            let mut covered = 0;
            for (sentence, mentions) in sentences.iter().zip(&linked.mentions) {
                for mention in mentions {
                    prop_assert!(mention.span.start >= covered.max(sentence.start));
                    prop_assert!(mention.span.end <= sentence.end && !mention.span.is_empty());
                    prop_assert!(!mention.span.of(&text).trim().is_empty());
                    covered = mention.span.end;
                }
            }
            for referent in &linked.referents {
                prop_assert!(text.get(referent.span.start..referent.span.end).is_some());
            }
        }

        #[test]
        fn more_links_add_mentions_and_take_none_away(text in rubbish()) {
            let sentences = segment(&text);
            let speech = speech::read(&text, &sentences);
            let all = |links| -> Vec<Mention> {
                let linked = link(&text, &sentences, &speech.quotations, &parties(), links);
                linked.mentions.into_iter().flatten().collect()
            };
            let (alias, title, every) = (all(Links::Alias), all(Links::Title), all(Links::All));
            prop_assert!(alias.iter().all(|mention| mention.link == Link::Alias && title.contains(mention)));
            prop_assert!(title.iter().all(|mention| mention.link != Link::Pronoun && every.contains(mention)));
        }
    }
}
