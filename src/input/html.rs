//! Web pages: the article in it, found by a readability crate, with its title, date and site.
//!
//! The text is the article's as a browser shows it: blanks run together, a blank line after each
//! paragraph. Menus, advertisements and comments are no part of it.

use std::collections::BTreeMap;
use std::io::Read;

use dom_smoothie::{Config, Readability, TextMode};
use encoding_rs::Encoding;

use super::columns::{Columns, Places};
use super::depth;
use super::encoding::Stream;
use super::files::InputFile;
use super::limits::Limits;
use super::{Article, Rejected, check_no_nul};
use crate::contain::contained;

/// The article of the page that `file` is. To be kept it has `url`, `byline`, `language` and `excerpt`.
pub(super) fn read(
    file: &InputFile,
    stream: Stream,
    columns: &Columns,
    limits: Limits,
) -> Result<Article, Rejected> {
    let rejected = |reason| file.rejected_record(1, None, reason);
    let page = page(stream, limits).map_err(rejected)?;
    check_no_nul("page", &page).map_err(rejected)?;
    let found = article(&page, limits)
        .map_err(|reason| rejected(reason).beginning_with(page.as_bytes()))?;
    let mut fields: BTreeMap<&str, String> = BTreeMap::new();
    let mut set = |name, value: Option<String>| fields.insert(name, value.unwrap_or_default());
    set("id", Some(file.name.clone()));
    set("text", Some(found.text_content.to_string()));
    set("title", Some(found.title));
    set("date", found.published_time);
    set(
        "source",
        found.site_name.or_else(|| Some(file.folder.clone())),
    );
    set("url", found.url);
    set("byline", found.byline);
    set("language", found.lang);
    set("excerpt", found.excerpt);
    let names: Vec<&str> = fields.keys().copied().collect();
    let values: Vec<&String> = fields.values().collect();
    let places = Places::of_page(&names, columns).map_err(rejected)?;
    places.article(file, (1, None), |at| Ok(values[at].clone()), limits)
}

/// The characters of a page.
fn page(mut stream: Stream, limits: Limits) -> Result<String, String> {
    let mut bytes = Vec::new();
    stream
        .by_ref()
        .take(limits.article + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("it cannot be read to its end: {error}"))?;
    limits
        .check_article(bytes.len() as u64)
        .map_err(|reason| format!("the page {reason}"))?;
    if std::str::from_utf8(&bytes).is_err()
        && let Some(declared) = declared(&bytes)
    {
        let page = declared.decode_without_bom_handling_and_without_replacement(&bytes);
        return page
            .map(|page| page.into_owned())
            .ok_or_else(|| format!("the page is not in {}, as it says", declared.name()));
    }
    let encoding = stream.charset().of_record([&bytes[..]]);
    encoding
        .decode(bytes)
        .map_err(|reason| format!("the page {reason}"))
}

/// The encoding that a page says it is in, in the first KiB as browsers have it. UTF-16 cannot be
/// meant, for then this could not be read.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label = after.trim_start_matches(['"', '\'', ' ']);
    let end = label
        .find(['"', '\'', ' ', '>', '/', ';'])
        .unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end]).filter(|encoding| encoding.is_ascii_compatible())
}

fn article(page: &str, limits: Limits) -> Result<dom_smoothie::Article, String> {
    if depth::of(page) > limits.depth {
        return Err(format!(
            "more than {} elements of the page stand in each other; if that is right, raise --max-depth",
            limits.depth
        ));
    }
    let config = Config {
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let parsed = contained(|| Readability::new(page, None, Some(config))?.parse());
    match parsed {
        Ok(Ok(article)) => Ok(article),
        Ok(Err(error)) => Err(format!("no article can be found in the page: {error}")),
        Err(panic) => Err(format!("the page cannot be parsed: {panic}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read, read_with};
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Flood kills nine - The Herald</title>
<meta property="og:site_name" content="The Herald"><meta property="og:title" content="Flood kills nine">
<meta property="article:published_time" content="2019-03-01"><meta name="author" content="A. Writer">
<link rel="canonical" href="https://herald.example/flood"></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<article><h1>Flood kills nine</h1>
<p>The river rose by four metres on Tuesday night, and   nine people died in the valley below the dam, the ministry said.</p>
<p>“We were <em>never</em> warned,” said Milena Adeyemi, who lost her house; the caf&eacute; next door still stands &amp; sells coffee.</p>
<p>The prime minister arrived on Wednesday, with a cheque and a camera crew, and left an hour later without a word.</p>
</article><footer><p>© The Herald. All rights reserved.</p></footer><script>var x = "<p>no</p>";</script></body></html>"#;

    #[test]
    fn the_article_of_a_page_comes_without_what_is_around_it() {
        let columns = Columns {
            keep: ["byline", "language", "event"].map(str::to_owned).to_vec(),
            ..Columns::default()
        };
        let (found, rejected) = read_with("flood.html", PAGE.as_bytes(), columns);
        assert_eq!(rejected, [""; 0]);
        let article = &found[0];
        let told = [&article.id, &article.source, &article.date, &article.title];
        assert_eq!(
            told,
            ["flood", "The Herald", "2019-03-01", "Flood kills nine"]
        );
        assert_eq!(article.kept, ["A. Writer", "en", ""]);
        insta::assert_snapshot!(article.text, @r"
        The river rose by four metres on Tuesday night, and nine people died in the valley below the dam, the ministry said.

        “We were never warned,” said Milena Adeyemi, who lost her house; the café next door still stands & sells coffee.

        The prime minister arrived on Wednesday, with a cheque and a camera crew, and left an hour later without a word.
        ");
    }

    #[test]
    fn a_page_is_read_in_the_encoding_that_it_says_it_is_in() {
        let page = PAGE
            .replace("utf-8", "windows-1251")
            .replace("Milena Adeyemi", "Милена Адеями");
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&page);
        let (found, _) = read("a.html", &bytes);
        assert!(
            found[0].text.contains("said Милена Адеями"),
            "{}",
            found[0].text
        );
    }

    #[test]
    fn a_page_without_words_is_rejected() {
        let (found, rejected) = read("a.htm", b"<html><body><img src='x'></body></html>");
        assert!(found.is_empty());
        insta::assert_snapshot!(rejected[0], @"a.htm, record 1: the text is empty");
    }

    #[test]
    fn a_page_that_is_too_deep_is_rejected() {
        let page = PAGE.replace("<article>", &"<div>".repeat(2_000));
        insta::assert_snapshot!(read("a.html", page.as_bytes()).1[0], @"a.html, record 1: more than 1000 elements of the page stand in each other; if that is right, raise --max-depth");
    }

    #[test]
    fn a_page_as_deep_as_is_allowed_is_parsed() {
        let page = PAGE
            .replace("<article>", &format!("<article>{}", "<div>".repeat(980)))
            .replace("</article>", &format!("{}</article>", "</div>".repeat(980)));
        let (found, rejected) = read("a.html", page.as_bytes());
        assert_eq!(found.len() + rejected.len(), 1);
    }
}
