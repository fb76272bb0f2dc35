/** An error that a person can act on: one sentence, and the output of the tool that failed, if one did. */
export class Refusal extends Error {
  constructor(sentence, output = '') {
    super(sentence);
    this.output = output;
  }
}
