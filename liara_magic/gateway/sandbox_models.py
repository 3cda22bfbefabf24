"""The sandbox's models and its tariff: known without asking anyone, and without loading what answers."""

from __future__ import annotations

from typing import Any

from ..protocol.parameters import BY_NAME

#: The sandbox's own tariff, in toman for each token.
PROMPT_PRICE, COMPLETION_PRICE = 0.02, 0.08
#: Toman for a US dollar, so that both figures of the usage are there.
TOMAN_PER_DOLLAR = 100_000
#: What the models that fail on purpose say, by their status.
ERRORS = {
    401: "Invalid API key",
    402: "Insufficient credits. Add more credits, or upgrade the plan",
    403: "Access denied",
    404: "No endpoints found for the model",
    429: "Rate limit exceeded",
    500: "Internal server error",
}
MODELS = (
    "sandbox/tutor",
    "sandbox/echo",
    "sandbox/reasoning",
    "sandbox/json",
    "sandbox/tools",
    "sandbox/image",
    "sandbox/slow",
    "sandbox/long",
    "sandbox/cut",
    "sandbox/stall",
    *(f"sandbox/error-{status}" for status in ERRORS),
)


def catalogue_entry(name: str) -> dict[str, Any]:
    """A model as the gateway's list has it."""
    return {
        "id": name,
        "name": name.replace("sandbox/", "Sandbox: "),
        "description": "The built-in offline gateway of liara_magic.",
        "context_length": 128_000,
        "architecture": {
            "input_modalities": ["text", "image", "file", "audio"],
            "output_modalities": ["image", "text"] if name == "sandbox/image" else ["text"],
        },
        "pricing": {
            "prompt": f"{PROMPT_PRICE / TOMAN_PER_DOLLAR:.10f}",
            "completion": f"{COMPLETION_PRICE / TOMAN_PER_DOLLAR:.10f}",
        },
        "supported_parameters": [name for name in BY_NAME if name not in ("model", "messages")],
    }
