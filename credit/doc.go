// Package credit holds the rules of a pay-later account, one file a capability:
// its command, the events that record what was decided, and how they change the
// account. It knows contracts, dates and money; it refuses to know clocks,
// databases, HTTP and personal data: whatever a rule needs comes in as an argument.
//
// A command is decided on an Account by Do, which answers with events in the past
// tense, or with a refusal (*Error) that changed nothing. The same events applied
// again by Apply give the same account, byte for byte.
package credit
