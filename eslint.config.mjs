// What would fail or mislead in our modules for the browser; how they are set is not checked.
export default [
  {
    files: ["static/js/**/*.js"],
    languageOptions: { sourceType: "module", ecmaVersion: 2022, globals: { document: "readonly", sessionStorage: "readonly" } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "complexity": ["error", 12],
      "consistent-return": "error",
      "eqeqeq": "error",
      "max-lines": ["error", 300],
      "no-const-assign": "error",
      "no-dupe-keys": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-redeclare": "error",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property, message: "The server writes the pages." })),
      ],
      "no-shadow": "error",
      "no-undef": "error",
      "no-unreachable": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
