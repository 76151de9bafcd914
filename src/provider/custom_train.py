"""Trains a LoRA adapter for a vision model on this folder's examples, with TRL.

Run `python3 train.py --check` first: it reads every example and picture without training.
"""

import base64
import io
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def load(name):
    """Reads one file of examples: chat messages with their pictures decoded to RGB."""
    from PIL import Image

    rows = []
    with open(HERE / name, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            row = json.loads(line)
            pictures = [picture(ref) for ref in row.get("images", [])]
            messages = []
            for message in row["messages"]:
                content = message["content"]
                if isinstance(content, str):
                    content = [{"type": "text", "text": content}]
                parts = []
                for part in content:
                    if part["type"] == "text":
                        parts.append({"type": "text", "text": part["text"]})
                        continue
                    if part["type"] == "image_url":
                        pictures.append(picture(part["image_url"]["url"]))
                    parts.append({"type": "image"})
                messages.append({"role": message["role"], "content": parts})
            wanted = sum(p["type"] == "image" for m in messages for p in m["content"])
            if wanted != len(pictures):
                sys.exit(f"{name}:{number}: {wanted} image parts, {len(pictures)} pictures")
            images = []
            for ref in pictures:
                with Image.open(ref) as image:
                    images.append(image.convert("RGB"))
            rows.append({"messages": messages, "images": images})
    return rows


def picture(ref):
    """A path in this folder, or the bytes of a data URL."""
    if ref.startswith("data:"):
        return io.BytesIO(base64.b64decode(ref.split(",", 1)[1]))
    return HERE / ref


def main():
    config = json.loads((HERE / "config.json").read_text(encoding="utf-8"))
    train = load(config["train_file"])
    validation = load(config["validation_file"]) if config["validation_file"] else []
    print(f"{len(train)} examples to train with, {len(validation)} to validate with")
    if "--check" in sys.argv[1:]:
        return

    from peft import LoraConfig
    from transformers import AutoModelForImageTextToText, AutoProcessor
    from trl import SFTConfig, SFTTrainer

    base = config["base_model"]
    processor = AutoProcessor.from_pretrained(base)
    model = AutoModelForImageTextToText.from_pretrained(base, torch_dtype="auto", device_map="auto")

    def collate(rows):
        texts = [processor.apply_chat_template(r["messages"], tokenize=False) for r in rows]
        batch = processor(
            text=texts, images=[r["images"] for r in rows], return_tensors="pt", padding=True
        )
        labels = batch["input_ids"].clone()
        labels[labels == processor.tokenizer.pad_token_id] = -100
        image_token = getattr(processor, "image_token_id", None)
        if image_token is not None:
            labels[labels == image_token] = -100
        batch["labels"] = labels
        return batch

    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            output_dir=str(HERE / "output"),
            num_train_epochs=config["epochs"],
            per_device_train_batch_size=1,
            gradient_accumulation_steps=config["batch_size"],
            learning_rate=config["learning_rate"],
            seed=config["seed"],
            bf16=True,
            gradient_checkpointing=True,
            logging_steps=1,
            save_strategy="epoch",
            eval_strategy="epoch" if validation else "no",
            max_length=None,
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
        ),
        train_dataset=train,
        eval_dataset=validation or None,
        data_collator=collate,
        peft_config=LoraConfig(
            r=config["lora_rank"],
            lora_alpha=2 * config["lora_rank"],
            lora_dropout=0.05,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
    )
    trainer.train()
    trainer.save_model()
    processor.save_pretrained(HERE / "output")


if __name__ == "__main__":
    main()
