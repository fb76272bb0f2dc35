/**
 * The GitHub Action: `main` gets a job its access token, `post` ends it. Owns nothing else.
 * Never prints a token before it is masked, never prints what a server answered, never keeps a secret beyond the job.
 */
export {};
