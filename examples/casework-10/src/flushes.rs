//! How often a disk was told to make durable what it has in its cache: what an `fsync` comes to in the
//! end. Linux counts it for each device, and nothing here asks a database.
//!
//! It is a count of the whole device: whatever else writes there is in it, and the kernel puts flushes
//! that wait for one another together. What has no count is left blank: a filesystem in memory, one
//! over several devices (overlay, btrfs), a device that never flushes, and other systems than Linux.
//!
//! A server's own count (`pg_stat_wal.wal_sync`) was left out: it comes up to a second late, has
//! another place in every few versions, and there is none of the kind for SQLite.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};

use crate::place::Outcome;

/// A device whose flushes are counted, or one that counts none.
#[derive(Debug)]
pub(crate) struct Disk {
    counters: Option<PathBuf>,
}

impl Disk {
    /// The device on which this file or folder is.
    pub(crate) fn of(path: &Path) -> Self {
        let counters = device_of(path).map(|number| counters(Path::new("/sys/dev/block"), number));
        Self { counters }
    }

    /// The device of a PostgreSQL server's log. Nothing is counted where the server is not on this
    /// machine, or does not say where its data is.
    pub(crate) async fn of_server(url: &str) -> Self {
        match folder_of_log(url).await {
            Ok(Some(folder)) => Self::of(&folder),
            Ok(None) | Err(_) => Self { counters: None },
        }
    }

    /// How many there were since the machine was started.
    pub(crate) fn flushes(&self) -> Option<u64> {
        flushed(&fs::read_to_string(self.counters.as_deref()?).ok()?)
    }

    /// How many there were since there were so many.
    pub(crate) fn flushes_since(&self, before: Option<u64>) -> Option<u64> {
        let now = self.flushes()?;
        // A device that has never flushed does not tell: what it is asked for is done elsewhere, or
        // it has no cache. A nought would look like a measurement.
        (now > 0).then(|| now.saturating_sub(before.unwrap_or(0)))
    }
}

/// The folder to which a server writes its log, or that of its data where we may not look into it.
async fn folder_of_log(url: &str) -> Outcome<Option<PathBuf>> {
    let mut connection = url.parse::<PgConnectOptions>()?.connect().await?;
    // Behind a socket of the filesystem it is this machine's; behind an address the same path may be
    // here too, and another one.
    let folder: Option<String> = sqlx::query_scalar(
        "SELECT current_setting('data_directory') WHERE inet_server_addr() IS NULL",
    )
    .fetch_optional(&mut connection)
    .await?;
    connection.close().await?;
    Ok(folder.map(PathBuf::from).map(|data| {
        // It may be a link to a disk of its own.
        let log = data.join("pg_wal");
        if log.exists() { log } else { data }
    }))
}

/// The number of the device on which something is: its major and its minor part.
#[cfg(target_os = "linux")]
fn device_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;

    Some(parts(fs::metadata(path).ok()?.dev()))
}

#[cfg(not(target_os = "linux"))]
fn device_of(_: &Path) -> Option<(u64, u64)> {
    None
}

/// The parts of a device's number, as Linux packs them.
#[cfg(any(target_os = "linux", test))]
fn parts(number: u64) -> (u64, u64) {
    let major = ((number >> 8) & 0xfff) | ((number >> 32) & 0xffff_f000);
    let minor = (number & 0xff) | ((number >> 12) & 0xffff_ff00);
    (major, minor)
}

/// The file of a device's counters. A partition has one too, but flushes are counted for the whole
/// device only.
fn counters(devices: &Path, (major, minor): (u64, u64)) -> PathBuf {
    let device = devices.join(format!("{major}:{minor}"));
    let whole = if device.join("partition").exists() { device.join("..") } else { device };
    whole.join("stat")
}

/// The 16th figure of a device's counters. Before Linux 5.5 there are fewer.
fn flushed(counters: &str) -> Option<u64> {
    counters.split_whitespace().nth(15)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flushes_are_the_sixteenth_figure() {
        let counters = " 2694961    97307 167894322  3711757  7544193  1009681 1433725240 15860104 \
             0  1469152 20102974   911470      176 1174030264   326223  1148415   204888\n";
        assert_eq!(flushed(counters), Some(1_148_415));
    }

    #[test]
    fn an_older_kernel_counts_none() {
        assert_eq!(flushed("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"), None);
        assert_eq!(flushed(""), None);
        assert_eq!(flushed("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 many 17"), None);
    }

    #[test]
    fn the_number_of_a_device_is_taken_apart() {
        assert_eq!(parts(65_024), (254, 0));
        assert_eq!(parts(0x0801), (8, 1));
        // The parts are 12 and 20 bits wide in the kernel, and the upper ones lie apart.
        assert_eq!(parts(0x1034_5678), (0x456, 0x1_0378));
    }

    #[test]
    fn a_partition_is_counted_with_its_device() {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = folder.path().join("disk");
        fs::create_dir_all(disk.join("part")).expect("folders");
        fs::write(disk.join("part/partition"), "1\n").expect("a file");
        let figures = |last: u64| format!("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 {last} 17\n");
        fs::write(disk.join("stat"), figures(9)).expect("a file");
        fs::write(disk.join("part/stat"), figures(0)).expect("a file");
        // As a system has them: a link to where the device is.
        #[cfg(unix)]
        {
            let devices = folder.path().join("devices");
            fs::create_dir(&devices).expect("a folder");
            for (number, place) in [("8:0", "disk"), ("8:1", "disk/part")] {
                let place = folder.path().join(place);
                std::os::unix::fs::symlink(place, devices.join(number)).expect("a link");
            }
            let disk = |minor| Disk { counters: Some(counters(&devices, (8, minor))) };
            assert_eq!(disk(0).flushes(), Some(9));
            assert_eq!(disk(1).flushes(), Some(9));
            assert_eq!(disk(2).flushes(), None);
        }
    }

    #[test]
    fn a_device_that_never_flushed_does_not_tell() {
        let folder = tempfile::tempdir().expect("a folder");
        let counters = folder.path().join("stat");
        let figures = |last: u64| format!("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 {last} 17\n");
        fs::write(&counters, figures(0)).expect("a file");
        let disk = Disk { counters: Some(counters.clone()) };
        let before = disk.flushes();
        assert_eq!(disk.flushes_since(before), None);
        fs::write(&counters, figures(3)).expect("a file");
        assert_eq!(disk.flushes_since(before), Some(3));
    }
}
