"""Trains a LoRA adapter for a vision model on this folder's examples, with TRL.

`python3 train.py --check` reads every example and picture without training.
"""

import base64
import io
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def load(name):
    """Reads one file of examples as prompts, completions and pictures."""
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
            for p in pictures:
                with Image.open(io.BytesIO(p["bytes"]) if p["bytes"] else p["path"]) as image:
                    image.verify()
            # The loss is that of the completion only.
            rows.append({"prompt": messages[:-1], "completion": messages[-1:], "images": pictures})
    return rows


def picture(ref):
    """A path in this folder, or the bytes of a data URL."""
    if ref.startswith("data:"):
        return {"bytes": base64.b64decode(ref.split(",", 1)[1]), "path": None}
    return {"bytes": None, "path": str(HERE / ref)}


def main():
    config = json.loads((HERE / "config.json").read_text(encoding="utf-8"))
    train = load(config["train_file"])
    validation = load(config["validation_file"]) if config["validation_file"] else []
    print(f"{len(train)} examples to train with, {len(validation)} to validate with")
    if "--check" in sys.argv[1:]:
        return

    from datasets import Dataset, Image, Sequence
    from peft import LoraConfig
    from transformers import AutoModelForImageTextToText, AutoProcessor, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    class Report(TrainerCallback):
        """Prints one JSON object per logged step, for whoever watches the output."""

        def on_log(self, args, state, control, logs=None, **kwargs):
            point = {"step": state.global_step, "total_steps": state.max_steps}
            names = {"loss": "train_loss", "eval_loss": "full_valid_loss",
                     "mean_token_accuracy": "train_mean_token_accuracy"}
            point |= {names[k]: v for k, v in (logs or {}).items() if k in names}
            if len(point) > 2:
                print(json.dumps(point), flush=True)

    def dataset(rows):
        return Dataset.from_list(rows).cast_column("images", Sequence(Image(mode="RGB")))

    base = config["base_model"]
    # The coordinates of the answers count on this size of the pictures.
    bounds = {k: config[k] for k in ("min_pixels", "max_pixels") if config[k] is not None}
    processor = AutoProcessor.from_pretrained(base, **bounds)
    model = AutoModelForImageTextToText.from_pretrained(base, dtype="bfloat16", device_map="auto")
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            output_dir=str(HERE / "output"),
            num_train_epochs=config["epochs"],
            per_device_train_batch_size=1,
            per_device_eval_batch_size=1,
            gradient_accumulation_steps=config["batch_size"],
            learning_rate=config["learning_rate"],
            seed=config["seed"],
            bf16=True,
            gradient_checkpointing=True,
            logging_steps=1,
            save_strategy="epoch",
            eval_strategy="epoch" if validation else "no",
            max_length=None,
            report_to="none",
        ),
        train_dataset=dataset(train),
        eval_dataset=dataset(validation) if validation else None,
        processing_class=processor,
        peft_config=LoraConfig(
            r=config["lora_rank"],
            lora_alpha=2 * config["lora_rank"],
            lora_dropout=0.05,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
        callbacks=[Report()],
    )
    trainer.train()
    trainer.save_model()
    processor.save_pretrained(HERE / "output")


if __name__ == "__main__":
    main()
