//! What AdamW remembers of each parameter on the CPU, and its form in files.

/// What the bytes begin with.
pub const MAGIC: &[u8; 16] = b"cadenza adamw 1\n";

/// Moments of all parameters, in the order in which burn visits them.
#[derive(Default)]
pub struct Flat {
    pub moments: Vec<Moments>,
}

#[derive(Default)]
pub struct Moments {
    /// Steps taken.
    pub time: u32,
    pub first: Vec<f32>,
    pub second: Vec<f32>,
}

impl Flat {
    /// [`MAGIC`], then for each parameter: steps, length (u32, u64), then both moments; all little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for m in &self.moments {
            out.extend(m.time.to_le_bytes());
            out.extend((m.first.len() as u64).to_le_bytes());
            m.first.iter().chain(&m.second).for_each(|x| out.extend(x.to_le_bytes()));
        }
        out
    }

    /// What [`Flat::to_bytes`] gave, without the magic; `None` where it is damaged.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut moments = Vec::new();
        while !bytes.is_empty() {
            let (time, rest) = bytes.split_first_chunk()?;
            let (len, rest) = rest.split_first_chunk()?;
            let n = usize::try_from(u64::from_le_bytes(*len)).ok()?.checked_mul(4)?;
            let (first, rest) = rest.split_at_checked(n)?;
            let (second, rest) = rest.split_at_checked(n)?;
            let read = |b: &[u8]| b.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect();
            moments.push(Moments { time: u32::from_le_bytes(*time), first: read(first), second: read(second) });
            bytes = rest;
        }
        Some(Self { moments })
    }
}
