//! What an optimiser remembers of each parameter on the CPU, and its form in files.

/// What the bytes begin with.
pub const MAGIC: &[u8; 16] = b"cadenza optim 2\n";

/// Moments of all parameters, in the order in which burn visits them.
#[derive(Default)]
pub struct Flat {
    pub moments: Vec<Moments>,
}

#[derive(Default)]
pub struct Moments {
    /// Steps taken.
    pub time: u32,
    /// Running mean of gradients (Muon: their running sum).
    pub first: Vec<f32>,
    /// Running mean of their squares; empty where the optimiser has no use for it.
    pub second: Vec<f32>,
}

impl Flat {
    /// [`MAGIC`], then for each parameter: steps (u32), then both moments, each as its length (u64) and
    /// its numbers; all little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for m in &self.moments {
            out.extend(m.time.to_le_bytes());
            for moment in [&m.first, &m.second] {
                out.extend((moment.len() as u64).to_le_bytes());
                moment.iter().for_each(|x| out.extend(x.to_le_bytes()));
            }
        }
        out
    }

    /// What [`Flat::to_bytes`] gave, without the magic; `None` where it is damaged.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let mut moments = Vec::new();
        while !bytes.is_empty() {
            let (time, rest) = bytes.split_first_chunk()?;
            let (first, rest) = numbers(rest)?;
            let (second, rest) = numbers(rest)?;
            moments.push(Moments { time: u32::from_le_bytes(*time), first, second });
            bytes = rest;
        }
        Some(Self { moments })
    }
}

fn numbers(bytes: &[u8]) -> Option<(Vec<f32>, &[u8])> {
    let (len, rest) = bytes.split_first_chunk()?;
    let n = usize::try_from(u64::from_le_bytes(*len)).ok()?.checked_mul(4)?;
    let (numbers, rest) = rest.split_at_checked(n)?;
    Some((numbers.as_chunks().0.iter().map(|x| f32::from_le_bytes(*x)).collect(), rest))
}
