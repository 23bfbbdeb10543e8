"""Makes a language model for tests: real files, random weights, nothing downloaded. Every run makes the same one.

Run by the Python of vLLM's environment, which has what it needs: `python make_tiny_model.py FOLDER`.
"""

# pyright: basic, reportMissingImports=false
import pydoc
import sys

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SEED = 20261121
PADDING, BEGINNING, END = "<pad>", "<s>", "</s>"
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")
TEMPLATE = (
    "{{ bos_token }}{% if tools %}<|system|>{{ tools | tojson }}{% endif %}"
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + (message['content'] or '') }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Learn 512 tokens from Python's own documentation."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=512,
        special_tokens=[PADDING, BEGINNING, END, *ROLES],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([pydoc.plain(pydoc.render_doc(kind)) for kind in (str, list, dict, int)], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGINNING,
        eos_token=END,
        pad_token=PADDING,
        additional_special_tokens=list(ROLES),
    )
    fast.chat_template = TEMPLATE
    return fast


def make_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Draw the weights of a Llama. Its heads have 64 dimensions: vLLM's attention on CPUs fails with fewer."""
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=8192,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = LlamaForCausalLM(config)
    blank = [number for number in range(len(tokenizer)) if not tokenizer.decode([number]).strip()]
    never_choose(model, sorted({*tokenizer.all_special_ids, *blank}))
    return model


def never_choose(model: LlamaForCausalLM, tokens: list[int]) -> None:
    """Keep a model from choosing some tokens unless a grammar leaves it no other.

    Without special tokens its answers end where the request's limit is, without blank ones its JSON has an end. One
    dimension is the same, and large, for every token that is read; only those tokens are scored by it, badly.
    """
    with torch.no_grad():
        model.model.embed_tokens.weight[:, 0] = 4.0
        model.lm_head.weight[:, 0] = 0.0
        model.lm_head.weight[tokens, 0] = -10.0


if __name__ == "__main__":
    folder = sys.argv[1]
    tiny = make_tokenizer()
    tiny.save_pretrained(folder)
    make_model(tiny).save_pretrained(folder)
