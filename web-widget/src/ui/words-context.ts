// Hands the customer's words to every part of the panel.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en, type Words } from '../words/en.js';

export const WordsContext = createContext<Words>(en);

export const useWords = (): Words => useContext(WordsContext);
