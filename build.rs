//! Lets the built program find libtorch from any folder, with no environment variable set.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// The libtorch that the `tch` of Cargo.toml is made for.
const LIBTORCH: &str = "2.4.0";

fn main() {
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    let folder = env::var_os("LIBTORCH")
        .and_then(|folder| fs::canonicalize(PathBuf::from(folder)).ok())
        .unwrap_or_else(|| {
            refuse("libtorch is not set up: run scripts/slant once, or set LIBTORCH")
        });
    match version(&folder).as_deref() {
        Some(LIBTORCH) => {}
        found => refuse(&format!(
            "{} holds libtorch {}, slant needs {LIBTORCH}: set LIBTORCH to the right one, or unset it",
            folder.display(),
            found.unwrap_or("of unknown version"),
        )),
    }
    println!("cargo:rustc-env=SLANT_LIBTORCH={LIBTORCH}");
    tell_linker(&folder.join("lib"));
}

/// Has the program look for libtorch in `libraries`; or in SLANT_RPATH, which scripts/package gives
/// relative to the program, and then before LD_LIBRARY_PATH, whose libtorch may be another.
fn tell_linker(libraries: &Path) {
    println!("cargo:rerun-if-env-changed=SLANT_RPATH");
    match env::var("SLANT_RPATH") {
        Ok(relative) => {
            println!("cargo:rustc-link-arg=-Wl,--disable-new-dtags,-rpath,{relative}");
        }
        Err(_) => println!("cargo:rustc-link-arg=-Wl,-rpath,{}", libraries.display()),
    }
}

/// The version that the header of the libtorch in `folder` names.
fn version(folder: &Path) -> Option<String> {
    let header = folder.join("include/torch/csrc/api/include/torch/version.h");
    println!("cargo:rerun-if-changed={}", header.display());
    let text = fs::read_to_string(header).ok()?;
    let (_, after) = text.split_once("\n  \"")?;
    let (version, _) = after.split_once('"')?;
    Some(version.split('+').next()?.to_owned())
}

fn refuse(reason: &str) -> ! {
    eprintln!("error: {reason}");
    process::exit(1)
}
