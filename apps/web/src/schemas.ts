import { config } from 'zod';

// Schemas are not compiled to code: the page's policy takes no code that is made from text.
config({ jitless: true });
