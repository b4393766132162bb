//! The mechanism 评估帮扶: what a child needs is found, planned, handed to those who can help, and
//! followed until it helped.

pub mod assessment_assistance;
pub mod referral;
