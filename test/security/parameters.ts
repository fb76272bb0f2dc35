/** Names that paths are filled with: things that are there, so that nothing but the refusal under test can come first. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  connection: 'railway',
  environment: 'staging',
  id: 'agent',
  kid: 'k'.repeat(43),
  name: 'volumeDelete',
  argument: 'input.new',
};
