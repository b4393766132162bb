//! stub
use super::CountyFiles;
pub(super) fn files() -> CountyFiles {
    CountyFiles::default()
}
