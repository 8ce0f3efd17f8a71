import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from coprod.core import collecting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coprod.settings")
application = get_wsgi_application()
# Every page is loaded here, and not by whoever asks first.
import_module(settings.ROOT_URLCONF)
collecting.settle()
