//! Looking for what can compute, as a job: graphics drivers take their time.

use super::{Job, Waker};
use crate::model::Compute;
use crate::model::device::DeviceInfo;

/// Starts the search: the devices, and a sentence where there is no GPU.
pub fn spawn_devices(waker: Waker) -> Job<(), (Vec<DeviceInfo>, Option<String>)> {
    Job::spawn("devices", waker, |_| Ok(Compute::list()))
}
