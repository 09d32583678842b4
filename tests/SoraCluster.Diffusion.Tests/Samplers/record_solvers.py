"""Records unipc.json and dpm_solver.json from diffusers' own scheduler files.

usage: record_solvers.py SCHEDULERS, the folder src/diffusers/schedulers of a checkout. Needs torch and numpy; of diffusers nothing but the two files is run.
"""
import enum
import functools
import importlib
import inspect
import json
import pathlib
import re
import subprocess
import sys
import types

import numpy
import torch


def stub(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    module.__path__ = []
    sys.modules[name] = module
    return module


class ConfigMixin:
    def register_to_config(self, **changes):
        self.config.__dict__.update(changes)


def register_to_config(init):
    @functools.wraps(init)
    def wrapped(self, *args, **kwargs):
        bound = inspect.signature(init).bind(self, *args, **kwargs)
        bound.apply_defaults()
        self.config = types.SimpleNamespace(**{name: value for name, value in bound.arguments.items() if name != "self"})
        init(self, *args, **kwargs)

    return wrapped


def load(folder, file, name):
    stub("diffusers")
    stub("diffusers.configuration_utils", ConfigMixin=ConfigMixin, register_to_config=register_to_config)
    stub("diffusers.utils", deprecate=None, is_scipy_available=lambda: False)
    stub("diffusers.utils.torch_utils", randn_tensor=None)
    stub("diffusers.schedulers").__path__ = [str(folder)]
    stub("diffusers.schedulers.scheduling_utils", KarrasDiffusionSchedulers=enum.Enum("Names", "one"), SchedulerMixin=type("SchedulerMixin", (), {}),
         SchedulerOutput=types.SimpleNamespace)
    return getattr(importlib.import_module(f"diffusers.schedulers.{file}"), name)


def case(scheduler, name, steps, begin=0, **config):
    config = {"use_flow_sigmas": True, "prediction_type": "flow_prediction", **config}
    s = scheduler(**config)
    s.set_timesteps(steps)
    sigmas = s.sigmas
    assert sigmas.dtype == torch.float32
    s.sigmas = sigmas.double()
    s.set_begin_index(begin)
    x = torch.tensor([[[[1.25, -0.75, 0.1]]]])
    path = []
    for i in range(begin, steps):
        output = 0.4 * x - torch.tensor([[[[0.5 + 0.01 * i, -1.0 + 0.03 * i, 0.2 * (-1) ** i]]]])
        x = s.step(x - s.sigmas[i] * output if config["prediction_type"] == "sample" else output, s.timesteps[i], x).prev_sample
        assert x.dtype == torch.float64 and torch.isfinite(x).all(), (name, i)
        path.append([float(f"{value:.9g}") for value in x.flatten().tolist()])
    return dict(name=name, steps=steps, begin=begin, config=config, sigmas=sigmas.tolist(), timesteps=s.timesteps.tolist(), path=path)


def write(target, commit, file, cases):
    source = (f"huggingface/diffusers {commit}, src/diffusers/schedulers/{file}.py, run by record_solvers.py on torch {torch.__version__} and numpy "
              f"{numpy.__version__}; the sigmas widened to float64 after set_timesteps, so that the path is exact")
    text = json.dumps(dict(source=source, cases=cases), indent=1)
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: "[" + " ".join(found.group(1).split()) + "]", text)
    (pathlib.Path(__file__).parent / target).write_text(text + "\n")


def main(folder):
    torch.set_default_dtype(torch.float64)
    commit = subprocess.run(["git", "-C", folder, "rev-parse", "--short=7", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    unipc = functools.partial(case, load(folder, "scheduling_unipc_multistep", "UniPCMultistepScheduler"))
    write("unipc.json", commit, "scheduling_unipc_multistep", [
        unipc("Wan 2.1 at 480p", 10, flow_shift=3.0),
        unipc("Wan 2.1 at 720p", 25, flow_shift=5.0),
        unipc("one step", 1, flow_shift=3.0),
        unipc("two steps", 2, flow_shift=8.0),
        unipc("no shift", 6),
        unipc("order 1", 6, solver_order=1, flow_shift=3.0),
        unipc("order 3", 12, solver_order=3, flow_shift=3.0),
        unipc("order 3, three steps", 3, solver_order=3, flow_shift=5.0),
        unipc("shift_terminal", 7, flow_shift=3.0, shift_terminal=0.1),
        unipc("disable_corrector", 7, flow_shift=3.0, disable_corrector=[0, 1, 4]),
        unipc("clean prediction", 8, flow_shift=3.0, prediction_type="sample"),
        unipc("begun late", 10, begin=6, flow_shift=3.0),
        unipc("500 training steps", 5, num_train_timesteps=500, flow_shift=2.0),
    ])
    dpm = functools.partial(case, load(folder, "scheduling_dpmsolver_multistep", "DPMSolverMultistepScheduler"))
    write("dpm_solver.json", commit, "scheduling_dpmsolver_multistep", [
        dpm("no shift", 10),
        dpm("shift 3", 20, flow_shift=3.0),
        dpm("shift 5", 9, flow_shift=5.0),
        dpm("one step", 1, flow_shift=3.0),
        dpm("two steps", 2, flow_shift=3.0),
        dpm("order 1", 6, solver_order=1, flow_shift=3.0),
        dpm("euler_at_final", 16, flow_shift=3.0, euler_at_final=True),
        dpm("no lower_order_final", 16, flow_shift=3.0, lower_order_final=False),
        dpm("clean prediction", 8, flow_shift=3.0, prediction_type="sample"),
        dpm("begun late", 10, begin=7, flow_shift=5.0),
    ])


if __name__ == "__main__":
    main(sys.argv[1])
